import type { Language } from '../../shared/language.ts';

/** Words after which a sentence goes on, hesitations first. Lower case, as recognisers write. */
const OPEN_WORDS: Readonly<Record<Language, string>> = {
  en:
    'um uh er erm hmm well and or but so because if when which the a an my your his our their these ' +
    "to of from with about by into it's i'm i've we're there's i we they",
  es: 'eh em este pues y o pero porque si cuando que el la los las un una mi tu su a de para por con en es son soy quiero',
  fr: 'euh ben bah et ou mais parce si quand que qui le la les un une mon ma mes à de du des pour par avec dans est suis je',
  de: 'äh ähm hm und oder aber weil wenn dass der die das ein eine mein meine zu von für mit in auf ist sind bin ich',
  pt: 'é hum então e ou mas porque se quando que o a os as um uma meu minha para de por com em é são sou eu quero',
  ar: 'يعني و أو لكن لأن إذا أن في من إلى على مع',
};

const OPEN = new Map(
  Object.entries(OPEN_WORDS).map(([language, words]) => [language, new Set(words.split(' '))]),
);

/** "My number is" announces, "where my order is" does not. */
const ANNOUNCING =
  /(^|\b(my|the)\s+(\w+\s+)?(number|name|address|email|postcode|code|problem|question)\s+)(it |that )?(is|are)$/;

/** Whether a caller who stops here has hardly finished. */
export function endsOpen(text: string, language: string): boolean {
  const last = text.slice(text.lastIndexOf(' ') + 1);
  const open = OPEN.get(language) ?? OPEN.get('en');
  return open?.has(last) === true || (language === 'en' && ANNOUNCING.test(text));
}

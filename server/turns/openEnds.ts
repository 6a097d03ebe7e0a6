import type { Language } from '../../shared/language.ts';

/** Words after which a sentence goes on, hesitations first. Lower case, as recognisers write. */
const OPEN_WORDS: Readonly<Record<Language, string>> = {
  en:
    'um uh er erm hmm well and or but so because if when which the a an my your his our their these ' +
    "to of from with about by into at than currently very it's i'm i've we're there's i we they",
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
const ANNOUNCING: Readonly<Record<Language, RegExp>> = {
  en: /(^|\b(my|the)\s+(\w+\s+)?(number|name|address|email|postcode|code|problem|question)\s+)(it |that )?(is|are)$/,
  es: /(mi|el|la)\s+(\S+\s+)?(número|nombre|dirección|correo|código|problema|pregunta)(\s+de\s+\S+)?\s+es$|^(se trata|me llamo|quisiera|quería|necesito)( de)?$/u,
  fr: /(mon|ma|le|la|l')\s*(\S+\s+)?(numéro|nom|adresse|mail|e-mail|code|problème|question)(\s+de\s+\S+)?\s+(c'est|est)$|^(il s'agit|je m'appelle|je voudrais|j'aimerais|c'est)( de)?$/u,
  de: /(mein|meine|die|der)\s+(\S+\s+)?(\S*nummer|name|adresse|e-mail|postleitzahl|code|problem|frage)\s+(ist|lautet|wäre)$|^(ich heiße|es geht um|ich möchte|ich hätte gern|das ist)$/u,
  pt: /(meu|minha|o|a)\s+(\S+\s+)?(número|nome|endereço|e-mail|email|código|problema|pergunta|cep)(\s+d[eoa]\s+\S+)?\s+é$|^(trata-se|eu me chamo|chamo-me|eu queria|gostaria)( de)?$/u,
  ar: /(رقمي|رقم الطلب|اسمي|عنواني|بريدي|الرمز|مشكلتي|سؤالي)( هو| هي)?$/u,
};

/** A clause that waits for another when a sentence begins with it; as a question the word is followed by a verb. */
const CLAUSE: Readonly<Record<Language, RegExp>> = {
  en: /^((and|so|but|well|uh|um) )?((if|because|since|although|while|whenever|unless) |when (i|we|you|he|she|they|it|my|the|your) )/,
  es: /^((y|pero|pues) )?(si|porque|aunque|mientras|como|desde que) /,
  fr: /^((et|mais|alors) )?(si|parce que|puisque|quand j|quand on|comme|pendant que|depuis que) ?/,
  de: /^((und|aber|also) )?(wenn|weil|obwohl|während|nachdem|als|falls) /,
  pt: /^((e|mas|então) )?(se|porque|embora|enquanto|como|desde que) /,
  ar: /^(إذا|لو|لأن|عندما|لما|بينما) /,
};
/** So long it has probably brought its main clause. */
const CLAUSE_WORDS = 7;

const ASKING: Readonly<Record<Language, RegExp>> = {
  en: /^((and|so|but|sorry|excuse me) )?(who|what|where|when|why|how|which|is|are|do|does|did|can|could|will|would|has|have|may)\b/,
  es: /^((y|pero) )?(quién|qué|dónde|cuándo|cuánto|cuánta|por qué|cómo|cuál|puede|puedo|hay|tienen) /,
  fr: /^((et|mais) )?(qui|que|quoi|où|quand|combien|pourquoi|comment|quel|quelle|est-ce|est ce|pouvez|puis) /,
  de: /^((und|aber) )?(wer|was|wo|wann|warum|wie|welche|welcher|wohin|kann|können|ist|sind|haben|gibt) /,
  pt: /^((e|mas) )?(quem|que|onde|quando|quanto|por que|como|qual|pode|posso|tem) /,
  ar: /^(من|ما|ماذا|أين|متى|كم|لماذا|كيف|هل|أي) /,
};

const known = (language: string): Language => (language in ANNOUNCING ? (language as Language) : 'en');

/** Whether a caller who stops here has hardly finished. */
export function endsOpen(text: string, language: string): boolean {
  const last = text.slice(text.lastIndexOf(' ') + 1);
  const open = OPEN.get(language) ?? OPEN.get('en');
  return open?.has(last) === true || ANNOUNCING[known(language)].test(text);
}

/** Whether it is only the clause before a sentence: "if I send it back". */
export function isHalfSentence(text: string, language: string): boolean {
  return text.split(' ').length <= CLAUSE_WORDS && CLAUSE[known(language)].test(text);
}

/** Whether it is worded as a question. */
export function asks(text: string, language: string): boolean {
  return ASKING[known(language)].test(text);
}

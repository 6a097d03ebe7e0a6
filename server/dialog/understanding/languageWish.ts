import { LANGUAGES, type Language } from '../../../shared/language.ts';
import { bounded, fold } from './words.ts';

/** A wish is a short thing to say: "could we speak Spanish please". */
const MOST_WORDS = 9;

/** Words that make of a language's name a wish to speak it; in whatever language it is said. */
const CUES = new Set(
  (
    'speak talk prefer switch language rather ' +
    'hablar habla hablamos prefiero idioma ' +
    'parler parlez parle préfère langue ' +
    'sprechen sprich sprache ' +
    'falar fala prefiro idioma língua ' +
    'تكلم أتكلم نتحدث أتحدث تتحدث أفضل لغة'
  )
    .split(' ')
    .map(fold),
);

/** With one of these a language's name is a wish if hardly anything else is said: "in Spanish, please". */
const SHORT_CUES = new Set('in en em auf please bitte'.split(' '));
const SHORT_WORDS = 3;

/** Names of our languages, in all of them: "Spanish", "español", "espagnol" … */
const NAMES: ReadonlyMap<string, Language> = new Map(
  LANGUAGES.flatMap((spoken) => {
    const names = new Intl.DisplayNames([spoken], { type: 'language' });
    return LANGUAGES.map((named) => [fold(names.of(named) ?? named), named] as const);
  }),
);

/** The language that somebody asks to speak, or null. */
export function wishedLanguage(text: string): Language | null {
  const words = fold(bounded(text)).match(/\p{L}+/gu) ?? [];
  if (words.length > MOST_WORDS) return null;
  const named = new Set(words.flatMap((word) => nameIn(word) ?? []));
  const [wish] = named;
  if (named.size !== 1 || wish === undefined) return null;
  const short = words.length <= SHORT_WORDS && words.some((word) => SHORT_CUES.has(word));
  return words.length === 1 || short || words.some((word) => CUES.has(word)) ? wish : null;
}

/** Arabic puts a letter before the article: "بالعربية". */
function nameIn(word: string): Language | undefined {
  return NAMES.get(word) ?? NAMES.get(word.replace(/^ب/u, ''));
}

/** "Spanish", in the language that is spoken. */
export function nameOfLanguage(language: Language, spoken: string): string {
  return new Intl.DisplayNames([spoken], { type: 'language' }).of(language) ?? language;
}

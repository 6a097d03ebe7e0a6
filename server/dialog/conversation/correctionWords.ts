/** Words with which callers correct themselves or us; they are no part of what is corrected. */
const WORDS: Readonly<Record<string, RegExp>> = {
  en: /\b(actually|no|not|nope|sorry|i mean|i meant|instead|rather|wait|make (?:it|that)|change (?:it|that)|better|correction)\b/giu,
  es: /(?<!\p{L})(en realidad|no|perdón|perdone|quiero decir|quise decir|mejor|en vez|cambie|espere)(?!\p{L})/giu,
  fr: /(?<!\p{L})(en fait|non|pas|pardon|je veux dire|je voulais dire|plutôt|changez|attendez)(?!\p{L})/giu,
  de: /(?<!\p{L})(eigentlich|nein|nicht|entschuldigung|ich meine|ich meinte|sondern|lieber|doch|stattdessen|moment|ändern)(?!\p{L})/giu,
  pt: /(?<!\p{L})(na verdade|não|desculpe|quero dizer|quis dizer|melhor|em vez|mude|espere)(?!\p{L})/giu,
  ar: /(?<!\p{L})(في الحقيقة|لا|ليس|عفوا|أقصد|بل|بدلا|الأفضل)(?!\p{L})/giu,
};

/** Whether the words correct something. */
export function correctsSomething(text: string, language: string): boolean {
  return text.search(wordsOf(language)) >= 0;
}

/** How much of what was said a reading covers, corrections aside: 1 for "no, on Friday" read as "on friday". */
export function coverage(text: string, source: string, language: string): number {
  const said = count(text.replace(wordsOf(language), ' '));
  return said === 0 ? 0 : Math.min(1, count(source.replace(wordsOf(language), ' ')) / said);
}

function wordsOf(language: string): RegExp {
  return WORDS[language] ?? /(?!)/u;
}

function count(text: string): number {
  return text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
}

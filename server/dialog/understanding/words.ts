/** Words of a caller's text, folded for comparison, each with its place in the original. */

export type Word = {
  /** Lower case, without accents and vowel marks. */
  text: string;
  start: number;
  end: number;
};

/** Longer texts are cut before anything reads them: no caller says more in one turn. */
export const LONGEST_TEXT = 1000;

const WORD = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*/gu;

export const bounded = (text: string): string => text.slice(0, LONGEST_TEXT);

/** One spelling for what sounds or means the same: case, accents, Arabic letter forms, digits of any script. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/\p{Nd}/gu, asciiDigit)
    .replace(/’/g, "'")
    .replace(/ß/g, 'ss')
    .replace(/œ/g, 'oe')
    .replace(/[أإآٱ]/g, 'ا')
    .replace(/ة/g, 'ه')
    .replace(/ى/g, 'ي')
    .replace(/ـ/g, '');
}

export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const match of bounded(text).matchAll(WORD)) {
    const folded = fold(match[0]);
    if (folded) words.push({ text: folded, start: match.index, end: match.index + match[0].length });
  }
  return words;
}

/** Decimal digits of Unicode come in runs of ten that begin at a multiple of ten from their zero. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  if (code < 128) return digit;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return String(code - zero);
}

/** Longest sentence that an engine is given; the rest is not spoken. */
const MAX_CHARACTERS = 600;

const SYMBOLS: readonly (readonly [RegExp, string])[] = [
  [/[‘’‛′]/g, "'"],
  [/[“”„‟«»"]/g, ' '],
  [/\s*[—–]\s*/g, ', '],
  [/…/g, '. '],
  [/€\s?([\d.,]*\d)/g, '$1 euros'],
  [/£\s?([\d.,]*\d)/g, '$1 pounds'],
  [/%/g, ' percent'],
  [/&/g, ' and '],
  [/@/g, ' at '],
  [/°/g, ' degrees'],
];

/**
 * Text as an English engine of plain ASCII can read it: symbols as words, accents dropped, no mark-up or control
 * characters, limited length. Empty when there is nothing to speak.
 */
export function speakableAscii(text: string): string {
  const worded = SYMBOLS.reduce((line, [symbol, words]) => line.replace(symbol, words), text);
  const plain = worded
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]/g, (character) => (/\s/.test(character) ? ' ' : ''))
    .replace(/[<>{}[\]\\|^~`*_]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_CHARACTERS);
  return /[a-z0-9]/i.test(plain) ? plain : '';
}

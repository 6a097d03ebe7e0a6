import type { Language } from '../../shared/language.ts';

const DIGITS: Readonly<Record<Language, RegExp>> = {
  en: /^(\d+|zero|oh|one|two|three|four|five|six|seven|eight|nine)$/,
  es: /^(\d+|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)$/,
  fr: /^(\d+|zéro|un|deux|trois|quatre|cinq|six|sept|huit|neuf)$/,
  de: /^(\d+|null|eins|zwei|zwo|drei|vier|fünf|sechs|sieben|acht|neun)$/,
  pt: /^(\d+|zero|um|dois|três|quatro|cinco|seis|meia|sete|oito|nove)$/,
  ar: /^(\d+|[٠-٩]+|صفر|واحد|اثنان|اثنين|ثلاثة|أربعة|خمسة|ستة|سبعة|ثمانية|تسعة)$/,
};
const TEEN_OR_TENS =
  /^(ten|eleven|twelve|(thir|four|fif|six|seven|eigh|nine)teen|(twen|thir|for|fif|six|seven|eigh|nine)ty)$/;
/** What recognisers write for a digit between other digits. */
const SOUNDS_LIKE_DIGIT = /^(to|too|for|ate|won|o)$/;

function isDigits(word: string | undefined): boolean {
  return word !== undefined && (DIGITS.en.test(word) || TEEN_OR_TENS.test(word));
}

/** How many digits the text ends in; in English words such as "twenty" count two, "double" doubles the digit after it. */
export function trailingDigits(text: string, language = 'en'): number {
  if (language !== 'en' && language in DIGITS) return trailingSingles(text, DIGITS[language as Language]);
  const words = text.split(' ');
  let digits = 0;
  for (let at = words.length - 1; at >= 0; at -= 1) {
    const word = words[at] ?? '';
    if (DIGITS.en.test(word)) digits += /^\d/.test(word) ? word.length : 1;
    else if (TEEN_OR_TENS.test(word)) digits += 2;
    else if (digits > 0 && SOUNDS_LIKE_DIGIT.test(word) && isDigits(words[at - 1])) digits += 1;
    else if (digits > 0 && word === 'double') digits += 1;
    else if (digits > 0 && word === 'triple') digits += 2;
    else break;
  }
  return digits;
}

function trailingSingles(text: string, digit: RegExp): number {
  const words = text.split(' ');
  const first = words.findLastIndex((word) => !digit.test(word)) + 1;
  return words.slice(first).reduce((sum, word) => sum + (/^[\d٠-٩]/.test(word) ? word.length : 1), 0);
}

import type { Language } from '../../../../shared/language.ts';
import { cardinalsIn } from '../cardinals.ts';
import { numberWords } from '../numberWords/index.ts';
import { fold } from '../words.ts';

const MONTH =
  'january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec';
const UNITS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth'];
const TEENS = [
  'tenth',
  'eleventh',
  'twelfth',
  'thirteenth',
  'fourteenth',
  'fifteenth',
  'sixteenth',
  'seventeenth',
  'eighteenth',
  'nineteenth',
];
const ONES = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** Day of the month by its spoken ordinal; "twenty first" before "first", so that the longest is found. */
const DAYS: ReadonlyMap<string, number> = new Map([
  ...UNITS.map((unit, index): [string, number] => [`twenty ${unit}`, 21 + index]),
  ['thirty first', 31],
  ['twentieth', 20],
  ['thirtieth', 30],
  ...TEENS.map((teen, index): [string, number] => [teen, 10 + index]),
  ...UNITS.map((unit, index): [string, number] => [unit, 1 + index]),
]);
const DAY = [...DAYS.keys()].join('|');
const ORDINAL = new RegExp(`\\b(${DAY})\\b`, 'g');
const SPOKEN_YEAR = new RegExp(
  `\\b(?:twenty|two thousand(?: and)?) (twenty|thirty)(?: (${ONES.join('|')}))?\\b`,
  'g',
);
const LONE_DAY = new RegExp(
  `\\b(?:the|on) (?:(${DAY})|(\\d{1,2})(?:st|nd|rd|th)?)\\b(?! (?:one|order|time|item|option|choice|digit))`,
);

/** English dates as the parser knows them: ordinals in digits, years in digits, a few turns of phrase. */
export function plainDates(text: string): string {
  return fold(text)
    .replace(/(?<=[a-z])-(?=[a-z])/g, ' ')
    .replace(/\bforth\b/g, 'fourth')
    .replace(/\bfortnight\b/g, 'two weeks')
    .replace(/\b(?:the )?day after tomorrow\b/g, 'in 2 days')
    .replace(/\b(?:the )?day before yesterday\b/g, '2 days ago')
    .replace(/\b(\w+) (days?|weeks?|months?) from (?:today|now)\b/g, 'in $1 $2')
    .replace(/\bin a couple of\b/g, 'in two')
    .replace(SPOKEN_YEAR, (_, ten: string, one: string | undefined) =>
      String(2000 + (ten === 'twenty' ? 20 : 30) + (one ? ONES.indexOf(one) + 1 : 0)),
    )
    .replace(ORDINAL, (ordinal) => `${DAYS.get(ordinal)}${suffix(DAYS.get(ordinal) ?? 0)}`)
    .replace(new RegExp(`\\b(${MONTH}) the (\\d{1,2})`, 'g'), '$1 $2')
    .replace(new RegExp(`\\bthe (\\d{1,2}(?:st|nd|rd|th) (?:of )?(?:${MONTH}))\\b`, 'g'), '$1');
}

/** Ordinals of the first of a month; German has one for every day. */
const FIRST: Partial<Record<Language, RegExp>> = {
  es: /\bprimero\b/giu,
  fr: /\bpremier\b/giu,
  pt: /\bprimeiro\b/giu,
};

const GERMAN_IRREGULAR: ReadonlyMap<string, number> = new Map([
  ['ers', 1],
  ['drit', 3],
  ['sieb', 7],
  ['ach', 8],
]);

/** Day numbers of the other languages in digits, as the parser knows them ("le trois mai" → "le 3 mai"). */
export function daysInDigits(text: string, language: Language): string {
  if (language === 'ar') return text;
  if (language === 'de') {
    return text.replace(/\b([a-zäöüß]{3,24}?)(?:s?te[nrs]?)\b/giu, (word, stem: string) => {
      const folded = fold(stem);
      const { small } = numberWords(language);
      const day = GERMAN_IRREGULAR.get(folded) ?? small.get(folded) ?? small.get(`${folded}s`);
      return day !== undefined && day >= 1 && day <= 31 ? `${day}.` : word;
    });
  }
  let result = '';
  let at = 0;
  const plain = text.replace(FIRST[language] ?? /(?!)/g, '1');
  for (const { value, start, end } of cardinalsIn(plain, language)) {
    result += plain.slice(at, start) + String(value);
    at = end;
  }
  return result + plain.slice(at);
}

/** "The twenty-first" without a month. */
export function dayOfMonthSaid(text: string): { day: number; source: string } | null {
  const match = LONE_DAY.exec(fold(text).replace(/(?<=[a-z])-(?=[a-z])/g, ' '));
  if (!match) return null;
  const day = match[1] ? DAYS.get(match[1]) : Number(match[2]);
  return day !== undefined && day >= 1 && day <= 31 ? { day, source: match[0] } : null;
}

function suffix(day: number): string {
  if (day % 100 >= 11 && day % 100 <= 13) return 'th';
  return ['th', 'st', 'nd', 'rd'][day % 10] ?? 'th';
}

import { pickLanguage } from '../../../../shared/language.ts';
import { HESITATIONS } from '../numberWords/numberWords.ts';
import type { SlotQuestion, SlotReading } from '../slot.ts';
import { type Word, wordsOf } from '../words.ts';
import { heard, ranked } from './reading.ts';
import { YES_NO } from './yesNoWords.ts';

const LONGEST_PHRASE = 5;
/** Recognisers write these for a lone "no" or "yes". */
const MISHEARD: ReadonlyMap<string, boolean> = new Map([
  ['know', false],
  ['now', false],
  ['note', false],
  ['nose', false],
  ['knows', false],
  ['yet', true],
  ['guess', true],
  ['chess', true],
  ['years', true],
  ['s', true],
]);
/** Words that say nothing before an answer. */
const FILLERS = new Set([
  ...HESITATIONS,
  'well',
  'oh',
  'so',
  'and',
  'hey',
  'pues',
  'ben',
  'alors',
  'also',
  'bom',
]);
/** More words than this beside a short answer make it something else. */
const BESIDE_SHORT = 2;

type Sign = { value: boolean; from: number; to: number };
type Table = ReadonlyMap<string, { value: boolean; short: boolean }>;

const tables = new Map<string, Table>();

function tableOf(language: string): Table {
  const picked = pickLanguage([language]);
  let found = tables.get(picked);
  if (!found) {
    const { yes, no, short } = YES_NO[picked];
    const entry = (value: boolean) => (phrase: string) =>
      [phrase, { value, short: short.includes(phrase) }] as const;
    found = new Map([...yes.map(entry(true)), ...no.map(entry(false))]);
    tables.set(picked, found);
  }
  return found;
}

/**
 * true for yes, false for no. The first sign counts: "no, the blue one" is a no (its rest is for `readCorrection`).
 * Signs that contradict each other leave a reading that has to be confirmed.
 */
export function readYesNo(question: SlotQuestion): SlotReading[] {
  const readings = heard(question).flatMap(({ text, loss }) => {
    const reading = readOne(text, question);
    return reading ? [{ ...reading, confidence: reading.confidence - loss }] : [];
  });
  const [first] = readings;
  // What an alternative says against the first is worth little: one vowel tells "no" from nothing.
  return first
    ? ranked(
        readings.map((reading) =>
          reading.value === first.value ? reading : { ...reading, confidence: 0.3 },
        ),
      )
    : [];
}

function readOne(text: string, { language, asked }: SlotQuestion): SlotReading | null {
  const words = withoutLead(wordsOf(text), tableOf(language));
  const signs = signsIn(words, tableOf(language));
  const [first] = signs;
  if (!first) {
    const lone = words.length === 1 ? MISHEARD.get(words[0]?.text ?? '') : undefined;
    if (lone === undefined || !asked || pickLanguage([language]) !== 'en') return null;
    return { value: lone, source: text.trim(), confidence: 0.65, resolved: true };
  }
  const said = signs.reduce((sum, { from, to }) => sum + to - from, 0);
  const contradicted = signs.some(({ value }) => value !== first.value);
  let confidence = 0.97;
  if (contradicted) confidence = first.value ? 0.5 : 0.8;
  else if (said < words.length / 2 && first.from > 0) confidence = first.from > 1 ? 0.45 : 0.75;
  if (!asked) confidence = said === words.length ? Math.min(confidence, 0.85) : confidence / 2;
  const source = text.slice(words[first.from]?.start, words[first.to - 1]?.end);
  return { value: first.value, source, confidence, resolved: false };
}

function withoutLead(words: readonly Word[], table: Table): readonly Word[] {
  let from = 0;
  while (from < words.length && FILLERS.has(words[from]?.text ?? '') && !longestAt(words, from, table))
    from++;
  return words.slice(from);
}

function signsIn(words: readonly Word[], table: Table): Sign[] {
  const signs: Sign[] = [];
  let at = 0;
  while (at < words.length) {
    const sign = longestAt(words, at, table);
    if (sign) signs.push(sign);
    at = sign ? sign.to : at + 1;
  }
  return signs;
}

function longestAt(words: readonly Word[], at: number, table: Table): Sign | null {
  for (let to = Math.min(words.length, at + LONGEST_PHRASE); to > at; to--) {
    const phrase = words
      .slice(at, to)
      .map(({ text }) => text)
      .join(' ');
    const entry = table.get(phrase);
    if (!entry || (entry.short && words.length > to - at + BESIDE_SHORT)) continue;
    return { value: entry.value, from: at, to };
  }
  return null;
}

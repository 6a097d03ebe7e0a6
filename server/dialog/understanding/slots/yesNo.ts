import { pickLanguage } from '../../../../shared/language.ts';
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
/** Later words that take everything back ("yes … no wait"). */
const LEADING_WORDS = 3;

type Sign = { value: boolean; from: number; to: number };

const phrases = new Map<string, ReadonlyMap<string, boolean>>();

function phrasesOf(language: string): ReadonlyMap<string, boolean> {
  const picked = pickLanguage([language]);
  let found = phrases.get(picked);
  if (!found) {
    const { yes, no } = YES_NO[picked];
    found = new Map([
      ...yes.map((phrase): [string, boolean] => [phrase, true]),
      ...no.map((phrase): [string, boolean] => [phrase, false]),
    ]);
    phrases.set(picked, found);
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
  const words = wordsOf(text);
  const signs = signsIn(words, phrasesOf(language));
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
  else if (first.from >= LEADING_WORDS) confidence = 0.6;
  else if (said < words.length / 2 && first.from > 0) confidence = 0.75;
  if (!asked) confidence = said === words.length ? Math.min(confidence, 0.85) : confidence / 2;
  const source = text.slice(words[first.from]?.start, words[first.to - 1]?.end);
  return { value: first.value, source, confidence, resolved: false };
}

function signsIn(words: readonly Word[], table: ReadonlyMap<string, boolean>): Sign[] {
  const signs: Sign[] = [];
  let at = 0;
  while (at < words.length) {
    const sign = longestAt(words, at, table);
    if (sign) signs.push(sign);
    at = sign ? sign.to : at + 1;
  }
  return signs;
}

function longestAt(words: readonly Word[], at: number, table: ReadonlyMap<string, boolean>): Sign | null {
  for (let to = Math.min(words.length, at + LONGEST_PHRASE); to > at; to--) {
    const phrase = words
      .slice(at, to)
      .map(({ text }) => text)
      .join(' ');
    const value = table.get(phrase);
    if (value !== undefined) return { value, from: at, to };
  }
  return null;
}

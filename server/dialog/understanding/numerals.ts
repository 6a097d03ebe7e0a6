import { cardinals, cutWords, isPronoun, startsNumber } from './cardinals.ts';
import { type NumberWords, numberWords } from './numberWords/index.ts';
import { bounded, fold, type Word, wordsOf } from './words.ts';

/** Digits that a stretch of words can mean, the likelier the cheaper. */
export type NumeralReading = { digits: string; cost: number };

/** A stretch of a text that speaks a number. */
export type NumeralRun = {
  /** Places in the list of words, `to` exclusive. */
  from: number;
  to: number;
  /** Places in the text. */
  start: number;
  end: number;
  /** True when it is written in digits, and not spoken. */
  written: boolean;
  /** Best first, never empty. */
  readings: NumeralReading[];
};

/** Longest number that is read; nobody speaks longer ones in one breath. */
const MOST_DIGITS = 24;
const MOST_READINGS = 32;
const LONGEST_RUN = 48;

const COST = {
  group: 0.5,
  repeat: 0.5,
  homophone: 0.3,
  edgeHomophone: 0.8,
  skipped: 1,
  edgeSkipped: 0.5,
  joiner: 0.2,
};

type Kind = 'number' | 'homophone' | 'filler' | 'other';

/** Every stretch of `text` that speaks or writes a number. */
export function numeralRuns(text: string, language: string): NumeralRun[] {
  const table = numberWords(language);
  const words = cutWords(wordsOf(text), table);
  const kinds = words.map((_, index) => kindOf(words, index, table));
  const runs: NumeralRun[] = [];
  let at = 0;
  while (at < words.length) {
    if (kinds[at] === 'other' || kinds[at] === 'filler') {
      at++;
      continue;
    }
    let to = at;
    let last = at;
    while (to < words.length && to - at < LONGEST_RUN && kinds[to] !== 'other') {
      if (kinds[to] !== 'filler') last = to;
      to++;
    }
    const run = runOf(bounded(text), words, kinds, at, last + 1, table);
    if (run) runs.push(run);
    at = Math.max(last + 1, at + 1);
  }
  return runs;
}

/** `text` with every number replaced by `placeholder`; single words that are often pronouns stay. */
export function withoutNumbers(text: string, language: string, placeholder: string): string {
  let result = '';
  let at = 0;
  for (const run of numeralRuns(text, language)) {
    result += `${text.slice(at, run.start)} ${placeholder} `;
    at = run.end;
  }
  return result + bounded(text).slice(at);
}

function kindOf(words: readonly Word[], index: number, table: NumberWords): Kind {
  const word = words[index]?.text ?? '';
  if (/^\d+$/.test(word)) return 'number';
  if (startsNumber(words, index, table)) return isPronoun(words, index, table) ? 'other' : 'number';
  if (table.homophones.has(word)) return 'homophone';
  if (table.and.includes(word) || table.fillers.includes(word)) return 'filler';
  return 'other';
}

function runOf(
  text: string,
  words: readonly Word[],
  kinds: readonly Kind[],
  first: number,
  afterLast: number,
  table: NumberWords,
): NumeralRun | null {
  const counted = kinds.slice(first, afterLast).filter((kind) => kind === 'number').length;
  if (counted === 0) return null;
  const readings = readRun(words, kinds, first, afterLast, table);
  if (readings.length === 0) return null;
  // Homophones at the edges belong to the sentence around the number more often than to the number.
  let from = first;
  let to = afterLast;
  while (kinds[from] !== 'number') from++;
  while (kinds[to - 1] !== 'number') to--;
  const start = words[from]?.start ?? 0;
  const end = words[to - 1]?.end ?? text.length;
  return { from, to, start, end, written: /\d/.test(fold(text.slice(start, end))), readings };
}

/** All readings of the words `from`…`to`, cheapest first: a beam over the places between the words. */
function readRun(
  words: readonly Word[],
  kinds: readonly Kind[],
  from: number,
  to: number,
  table: NumberWords,
): NumeralReading[] {
  const beams: Map<string, number>[] = Array.from({ length: to - from + 1 }, () => new Map());
  beams[0]?.set('', 0);
  for (let at = from; at < to; at++) {
    const beam = cheapest(beams[at - from] ?? new Map());
    if (beam.length === 0) continue;
    for (const step of stepsFrom(words, kinds, at, from, to, table)) {
      const target = beams[step.end - from];
      if (!target) continue;
      for (const { digits, cost } of beam) {
        const longer = digits + step.digits;
        if (longer.length > MOST_DIGITS) continue;
        const total = cost + step.cost;
        if (total < (target.get(longer) ?? Number.POSITIVE_INFINITY)) target.set(longer, total);
      }
    }
  }
  return cheapest(beams[to - from] ?? new Map()).filter(({ digits }) => digits !== '');
}

function cheapest(beam: ReadonlyMap<string, number>): NumeralReading[] {
  return [...beam]
    .map(([digits, cost]) => ({ digits, cost }))
    .sort((a, b) => a.cost - b.cost)
    .slice(0, MOST_READINGS);
}

type Step = { end: number; digits: string; cost: number };

function stepsFrom(
  words: readonly Word[],
  kinds: readonly Kind[],
  at: number,
  from: number,
  to: number,
  table: NumberWords,
): Step[] {
  const word = words[at]?.text ?? '';
  const edge = at === from || at === to - 1;
  if (/^\d+$/.test(word)) return [{ end: at + 1, digits: word, cost: 0 }];
  const homophone = table.homophones.get(word);
  if (kinds[at] === 'homophone' && homophone !== undefined) {
    return [
      { end: at + 1, digits: homophone, cost: edge ? COST.edgeHomophone : COST.homophone },
      { end: at + 1, digits: '', cost: edge ? COST.edgeSkipped : COST.skipped },
    ];
  }
  if (kinds[at] === 'filler') {
    return [{ end: at + 1, digits: '', cost: table.and.includes(word) ? COST.joiner : 0 }];
  }
  const steps = cardinals(words, at, to, table).map(({ end, value }) => ({
    end,
    digits: String(value),
    cost: COST.group,
  }));
  const times = table.repeat.get(word);
  if (times !== undefined) {
    const next = words[at + 1]?.text ?? '';
    const digit = /^\d$/.test(next) ? next : (table.homophones.get(next) ?? digitOf(next, table));
    if (digit !== undefined && at + 1 < to) {
      steps.push({ end: at + 2, digits: digit.repeat(times), cost: COST.repeat });
    } else {
      steps.push({ end: at + 1, digits: '', cost: COST.skipped });
    }
  }
  return steps;
}

function digitOf(word: string, table: NumberWords): string | undefined {
  const value = table.small.get(word);
  return value !== undefined && value < 10 ? String(value) : undefined;
}

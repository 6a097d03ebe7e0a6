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
const LONGEST_PHRASE = 5;

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

/** A whole number as it is counted, and not digit by digit ("twelve", "one hundred and five", "12"). */
export type Cardinal = { value: number; start: number; end: number };

/** The cardinals of `text` in order, each as long as possible. */
export function cardinalsIn(text: string, language: string): Cardinal[] {
  const table = numberWords(language);
  const words = cutWords(wordsOf(text), table);
  const found: Cardinal[] = [];
  let at = 0;
  while (at < words.length) {
    const word = words[at];
    const written = word && /^\d{1,9}$/.test(word.text) ? [{ end: at + 1, value: Number(word.text) }] : [];
    const spoken =
      written.length > 0 || isPronoun(words, at, table) ? [] : cardinals(words, at, words.length, table);
    const longest = [...written, ...spoken].sort((a, b) => b.end - a.end)[0];
    if (word && longest) {
      found.push({ value: longest.value, start: word.start, end: words[longest.end - 1]?.end ?? word.end });
    }
    at = longest ? longest.end : at + 1;
  }
  return found;
}

function cutWords(words: Word[], table: NumberWords): Word[] {
  const { cut } = table;
  if (!cut) return words;
  return words.flatMap((word) =>
    cut.test(word.text)
      ? word.text
          .split(cut)
          .filter(Boolean)
          .map((text) => ({ ...word, text }))
      : [word],
  );
}

function kindOf(words: readonly Word[], index: number, table: NumberWords): Kind {
  const word = words[index]?.text ?? '';
  if (/^\d+$/.test(word)) return 'number';
  if (startsNumber(words, index, table)) return isPronoun(words, index, table) ? 'other' : 'number';
  if (table.homophones.has(word)) return 'homophone';
  if (table.and.includes(word) || table.fillers.includes(word)) return 'filler';
  return 'other';
}

function startsNumber(words: readonly Word[], index: number, table: NumberWords): boolean {
  const word = words[index]?.text ?? '';
  if (table.hundred.includes(word) || table.thousand.includes(word)) return true;
  if (table.hundreds.has(word) || table.repeat.has(word)) return true;
  return phraseEnds(words, index, words.length, table).length > 0;
}

/** "the one that I ordered" speaks of no number, "one one two" does. */
function isPronoun(words: readonly Word[], index: number, table: NumberWords): boolean {
  const after = table.pronouns.get(words[index]?.text ?? '');
  if (!after) return false;
  const next = words[index + 1]?.text ?? '';
  const previous = words[index - 1]?.text ?? '';
  const nextCounts = /^\d+$/.test(next) || (next !== '' && startsNumber(words, index + 1, table));
  const previousCounts = index > 0 && startsNumber(words, index - 1, table);
  if (nextCounts || previousCounts) return false;
  return after.length === 0 ? words.length > 1 : after.includes(previous);
}

/** Ends and values of the words for 0…99 that begin at `from`. */
function phraseEnds(
  words: readonly Word[],
  from: number,
  to: number,
  table: NumberWords,
): { end: number; value: number }[] {
  const found: { end: number; value: number }[] = [];
  let phrase = '';
  for (let end = from; end < Math.min(to, from + LONGEST_PHRASE); end++) {
    phrase += `${end > from ? ' ' : ''}${words[end]?.text ?? ''}`;
    const value = table.small.get(phrase);
    if (value !== undefined) found.push({ end: end + 1, value });
  }
  return found;
}

/** Ends and values of the cardinals (0…999,999) that begin at `from`. */
function cardinals(
  words: readonly Word[],
  from: number,
  to: number,
  table: NumberWords,
): { end: number; value: number }[] {
  const below = belowThousand(words, from, to, table);
  const found = [...below];
  const heads = below.filter(({ value }) => value > 0);
  if (table.thousand.includes(words[from]?.text ?? '')) heads.push({ end: from, value: 1 });
  for (const head of heads) {
    if (head.end >= to || !table.thousand.includes(words[head.end]?.text ?? '')) continue;
    found.push({ end: head.end + 1, value: head.value * 1000 });
    for (const start of afterJoiner(words, head.end + 1, to, table)) {
      for (const rest of belowThousand(words, start, to, table)) {
        if (rest.value > 0) found.push({ end: rest.end, value: head.value * 1000 + rest.value });
      }
    }
  }
  return found;
}

function belowThousand(
  words: readonly Word[],
  from: number,
  to: number,
  table: NumberWords,
): { end: number; value: number }[] {
  const small = phraseEnds(words, from, to, table);
  const found = [...small];
  const hundreds: { end: number; value: number }[] = [];
  const word = words[from]?.text ?? '';
  const fixed = table.hundreds.get(word);
  if (fixed !== undefined && from < to) hundreds.push({ end: from + 1, value: fixed });
  if (table.hundred.includes(word) && from < to) hundreds.push({ end: from + 1, value: 100 });
  for (const head of small) {
    if (head.value > 0 && head.end < to && table.hundred.includes(words[head.end]?.text ?? '')) {
      hundreds.push({ end: head.end + 1, value: head.value * 100 });
    }
  }
  for (const head of hundreds) {
    found.push(head);
    for (const start of afterJoiner(words, head.end, to, table)) {
      for (const rest of phraseEnds(words, start, to, table)) {
        if (rest.value > 0) found.push({ end: rest.end, value: head.value + rest.value });
      }
    }
  }
  return found;
}

function afterJoiner(words: readonly Word[], from: number, to: number, table: NumberWords): number[] {
  if (from >= to) return [];
  return table.and.includes(words[from]?.text ?? '') ? [from, from + 1] : [from];
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

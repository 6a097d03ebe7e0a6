import { numberWords } from '../numberWords/index.ts';
import { type NumeralRun, numeralRuns } from '../numerals.ts';
import { oneSlip } from '../phonetic.ts';
import type { SlotQuestion, SlotReading } from '../slot.ts';
import { fold, wordsOf } from '../words.ts';
import { heard, ranked } from './reading.ts';

/** How far before a number its announcement ("ending in") may stand, in words. */
const TAIL_REACH = 4;
const TAIL_CHARACTERS = 60;
/** Numbers of one turn that are looked at. */
const MOST_RUNS = 12;
/** Known numbers shorter than this are too alike to be resolved by one slip. */
const SHORTEST_SLIP = 4;
const SHORTEST_TAIL = 2;
const SHORTEST_SILENT_TAIL = 3;
/** A reading that needs odd groupings is worth less. */
const LOSS_BY_COST = 0.08;

const SURE = {
  exact: 1,
  written: 0.95,
  slip: 0.8,
  tail: 0.85,
  silentTail: 0.75,
  expected: 0.85,
  free: 0.8,
  unfit: 0.3,
  rivalled: 0.65,
};

type Heard = { digits: string; source: string; written: boolean; tail: boolean; cost: number; loss: number };

/**
 * Order numbers and the like, as strings of digits (or the known value as the session writes it). A number that
 * the session knows wins over what was heard to the letter; one near to it is offered as `resolved`.
 */
export function readNumber(question: SlotQuestion): SlotReading[] {
  const { spec, asked } = question;
  const known = question.known
    .map((value) => ({ value, digits: fold(value).replace(/\D/g, '') }))
    .filter(({ digits }) => digits !== '');
  const found: SlotReading[] = [];
  for (const number of candidates(question)) {
    const matches = known.flatMap((item) => {
      const sure = nearness(number, item.digits);
      return sure > 0 ? [{ ...item, sure }] : [];
    });
    const best = Math.max(0, ...matches.map(({ sure }) => sure));
    const rivals = matches.filter(({ sure }) => sure === best).length;
    for (const { value, sure } of matches) {
      const exact = sure === SURE.exact;
      const shared = exact ? 1 : 1 / Math.sqrt(rivals);
      const loss = exact ? number.loss : number.loss + number.cost * LOSS_BY_COST;
      found.push({ value, source: number.source, confidence: sure * shared - loss, resolved: !exact });
    }
    if (number.tail || best === SURE.exact) continue;
    const unrivalled = alone(number, spec.digits, asked);
    if (unrivalled === null) continue;
    // Recognisers slip more often than callers ask about what is not theirs.
    const sure = number.written || best < SURE.slip ? unrivalled : Math.min(unrivalled, SURE.rivalled);
    const confidence = sure - number.loss - number.cost * LOSS_BY_COST;
    found.push({ value: number.digits, source: number.source, confidence, resolved: false });
  }
  return ranked(found);
}

/** How sure a heard number is a known one; 0 when it is not. */
function nearness(number: Heard, known: string): number {
  if (number.digits === known)
    return number.tail && known.length > number.digits.length ? SURE.tail : SURE.exact;
  const { length } = number.digits;
  if (known.endsWith(number.digits) && length < known.length) {
    if (number.tail && length >= SHORTEST_TAIL) return SURE.tail;
    if (length >= SHORTEST_SILENT_TAIL) return SURE.silentTail;
  }
  if (number.tail) return 0;
  return known.length >= SHORTEST_SLIP && oneSlip(number.digits, known) ? SURE.slip : 0;
}

/** How sure a number is that nothing known confirms; null for one that nobody asked for. */
function alone(number: Heard, digits: number | undefined, asked: boolean): number | null {
  const { length } = number.digits;
  if (digits !== undefined) {
    if (length === digits) return number.written ? SURE.written : SURE.expected;
    return asked ? SURE.unfit : null;
  }
  if (!asked && length < SHORTEST_SLIP) return null;
  return number.written ? SURE.written : SURE.free;
}

function candidates(question: SlotQuestion): Heard[] {
  const { language } = question;
  const found: Heard[] = [];
  for (const { text, loss } of heard(question)) {
    const runs = numeralRuns(text, language)
      .slice(0, MOST_RUNS)
      .filter((run) => !countsDigits(text, run, language));
    for (const run of runs) found.push(...readingsOf(text, [run], language, loss));
    if (runs.length > 1 && runs.length <= 6)
      found.push(...readingsOf(text, runs, language, loss + LOSS_BY_COST * 2));
  }
  return found;
}

/** Several runs are read as one number that was said with words in between. */
function readingsOf(text: string, runs: readonly NumeralRun[], language: string, loss: number): Heard[] {
  const [first] = runs;
  const last = runs.at(-1);
  if (!first || !last) return [];
  const source = text.slice(first.start, last.end);
  const written = runs.every((run) => run.written);
  const tail = announcesTail(text, first, language);
  if (runs.length === 1) {
    const least = first.readings[0]?.cost ?? 0;
    return first.readings.map(({ digits, cost }) => ({
      digits,
      source,
      written,
      tail,
      cost: cost - least,
      loss,
    }));
  }
  const digits = runs.map((run) => run.readings[0]?.digits ?? '').join('');
  return [{ digits, source, written, tail, cost: 0, loss }];
}

function announcesTail(text: string, run: NumeralRun, language: string): boolean {
  const { tail } = numberWords(language);
  const before = wordsOf(text.slice(Math.max(0, run.start - TAIL_CHARACTERS), run.start)).slice(-TAIL_REACH);
  return before.some(({ text: word }) => tail.includes(word));
}

/** "The last four digits are …": the four is no part of the number. */
function countsDigits(text: string, run: NumeralRun, language: string): boolean {
  const next = wordsOf(text.slice(run.end, run.end + 24))[0]?.text ?? '';
  return (
    /^(digit|number|figure|cifra|digito|chiffre|ziffer|stelle|algarismo)/.test(next) &&
    announcesTail(text, run, language)
  );
}

import { type Cardinal, cardinalsIn } from '../cardinals.ts';
import type { SlotQuestion, SlotReading } from '../slot.ts';
import { fold, wordsOf } from '../words.ts';
import { AND, CURRENCY, HUNDREDTHS, POINT } from './currencyWords.ts';
import { heard, ranked } from './reading.ts';

/** `currency` is an ISO 4217 code, or null when none was named. */
export type Amount = { cents: number; currency: string | null };

const WRITTEN = /(?<!\p{N})(\p{Nd}{1,3}(?:[.,' ’]\p{Nd}{3})+|\p{Nd}{1,9})(?:[.,](\p{Nd}{1,2}))?(?![\p{N}])/gu;
const MOST_CENTS = 1e11;
const SURE = { written: 0.97, named: 0.93, bare: 0.7 };

type Found = { cents: number; currency: string | null; start: number; end: number; sure: number };

/** Sums of money, written ("$12.50", "12,50 €") or spoken ("twelve dollars fifty", "twelve fifty"). */
export function readAmount(question: SlotQuestion): SlotReading[] {
  const known = question.known.flatMap((value) => written(value).slice(0, 1));
  const readings: SlotReading[] = [];
  for (const { text, loss } of heard(question)) {
    const inDigits = written(text);
    const found = inDigits.length > 0 ? inDigits : spoken(text, question.language);
    for (const { cents, currency, start, end, sure } of found) {
      if (cents > MOST_CENTS || (!question.asked && currency === null)) continue;
      const match = known.find(
        (item) => item.cents === cents && (!currency || !item.currency || item.currency === currency),
      );
      const value: Amount = { cents, currency: currency ?? match?.currency ?? null };
      const confidence = (match ? Math.max(sure, 0.95) : sure) - loss;
      readings.push({ value, source: text.slice(start, end), confidence, resolved: false });
    }
  }
  return ranked(readings);
}

function written(text: string): Found[] {
  return [...text.matchAll(WRITTEN)].map((match) => {
    const start = match.index;
    const end = start + match[0].length;
    const whole = Number(fold(match[1] ?? '').replace(/\D/g, ''));
    const fraction = fold(match[2] ?? '').padEnd(2, '0');
    const before = text.slice(Math.max(0, start - 4), start).trim();
    const after = wordAfter(text, end);
    const currency =
      CURRENCY.get(after) ??
      CURRENCY.get(fold(before).slice(-1)) ??
      CURRENCY.get(fold(before).slice(-3)) ??
      null;
    const hundredths = HUNDREDTHS.has(after);
    const cents = hundredths ? whole : whole * 100 + Number(fraction);
    return { cents, currency, start, end, sure: currency || match[2] ? SURE.written : SURE.bare };
  });
}

function wordAfter(text: string, end: number): string {
  const rest = fold(text.slice(end, end + 14)).trim();
  return /^[$€£]/.exec(rest)?.[0] ?? /^\p{L}+/u.exec(rest)?.[0] ?? '';
}

function spoken(text: string, language: string): Found[] {
  const numbers = cardinalsIn(text, language);
  const found: Found[] = [];
  for (let at = 0; at < numbers.length; at++) {
    const number = numbers[at];
    if (!number) continue;
    const next = numbers[at + 1];
    const between = next ? gap(text, number, next) : null;
    const after = between ?? wordsAfter(text, number.end);
    const currency = CURRENCY.get(after[0] ?? '') ?? null;
    if (HUNDREDTHS.has(after[0] ?? '')) {
      found.push({ ...span(number), cents: number.value, currency: null, sure: SURE.named });
      continue;
    }
    const cents =
      next && between && next.value < 100 ? fraction(text, next, between, currency !== null) : null;
    if (next && cents !== null) {
      const named = currency ?? CURRENCY.get(wordsAfter(text, next.end)[0] ?? '') ?? null;
      const sure = named ? SURE.named : SURE.bare;
      found.push({
        start: number.start,
        end: next.end,
        cents: number.value * 100 + cents,
        currency: named,
        sure,
      });
      at++;
    } else
      found.push({
        ...span(number),
        cents: number.value * 100,
        currency,
        sure: currency ? SURE.named : SURE.bare,
      });
  }
  return found;
}

const span = ({ start, end }: Cardinal) => ({ start, end });
const gap = (text: string, a: Cardinal, b: Cardinal) =>
  wordsOf(text.slice(a.end, b.start)).map((word) => word.text);
const wordsAfter = (text: string, end: number) => wordsOf(text.slice(end, end + 40)).map((word) => word.text);

/** The cents that `next` adds to the number before it; null when it is a number of its own. */
function fraction(text: string, next: Cardinal, between: readonly string[], named: boolean): number | null {
  const pointed = between.length === 1 && POINT.has(between[0] ?? '');
  // "Twelve point five" is 12.50.
  if (pointed)
    return next.value < 10 && !/^\p{L}+\s\p{L}/u.test(text.slice(next.start, next.end))
      ? next.value * 10
      : next.value;
  const joined = between.filter((word) => !AND.has(word));
  const inHundredths = HUNDREDTHS.has(wordsAfter(text, next.end)[0] ?? '');
  if (named && joined.length === 1) return next.value;
  if (joined.length === 0 && (inHundredths || (next.value >= 10 && between.length === 0))) return next.value;
  return null;
}

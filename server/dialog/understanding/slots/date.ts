import * as ar from 'chrono-node/ar';
import * as de from 'chrono-node/de';
import * as en from 'chrono-node/en';
import * as es from 'chrono-node/es';
import * as fr from 'chrono-node/fr';
import * as pt from 'chrono-node/pt';
import { type Language, pickLanguage } from '../../../../shared/language.ts';
import { cardinalsIn } from '../cardinals.ts';
import type { SlotQuestion, SlotReading } from '../slot.ts';
import { fold, wordsOf } from '../words.ts';
import { dateOf, isoDate, nextDayOfMonth, noonOf, plusDays } from './calendar.ts';
import { dayOfMonthSaid, daysInDigits, plainDates } from './dateWords.ts';
import { heard, ranked } from './reading.ts';

const PARSERS: Readonly<Record<Language, typeof en.casual>> = {
  ar: ar.casual,
  de: de.casual,
  en: en.casual,
  es: es.casual,
  fr: fr.casual,
  pt: pt.casual,
};

/** Dates stand in a few words; longer texts only cost time. */
const LONGEST = 240;
const YEARS_AHEAD = 10;
const EARLIEST_YEAR = 1900;
const PAST =
  /\b(?:last|ago|yesterday|previous|past|ayer|pasad[oa]|hier|derniere?|gestern|letzte[nrs]?|vorig|ontem|passad[oa])\b|(?<=^|\s)(?:امس|الماضي|منذ)/;
/** English words that are also short names of days and months. */
const EVERYDAY = /^(?:sat|sun|wed|mon|mar|dec|second|sec|may)$/;
const SLASHED = /^(\d{1,2})[/.-](\d{1,2})(?:[/.-]\d{2,4})?$/;

const SURE = {
  said: 0.95,
  weekday: 0.92,
  nextWeekday: 0.8,
  weekAfter: 0.6,
  vague: 0.7,
  ambiguous: 0.6,
  dayOnly: 0.75,
  bareNumber: 0.55,
};

/** Calendar days as `YYYY-MM-DD`; relative ones count from `today`, and lie ahead unless the past is named. */
export function readDate(question: SlotQuestion): SlotReading[] {
  const today = noonOf(question.today);
  if (!today) return [];
  const readings = heard(question).flatMap(({ text, loss }) => {
    const short = text.slice(0, LONGEST);
    const found = parsed(short, question, today) ?? dayOnly(short, question);
    return found.map((reading) => ({ ...reading, confidence: reading.confidence - loss }));
  });
  return ranked(readings.map((reading) => resolve(reading, question.known)));
}

/** Null when there is nothing of date or time in the text; empty when there is, but no day. */
function parsed(text: string, { language, asked }: SlotQuestion, today: Date): SlotReading[] | null {
  const picked = pickLanguage([language]);
  const plain = picked === 'en' ? plainDates(text) : daysInDigits(text, picked);
  const forwardDate = !PAST.test(fold(plain));
  const results = PARSERS[picked].parse(plain, today, { forwardDate });
  if (results.length === 0) return null;
  const found: SlotReading[] = [];
  for (const result of results) {
    const { text: source, start } = result;
    const tags = result.tags();
    const weekday = start.isCertain('weekday') && !start.isCertain('day');
    if (!weekday && !start.isCertain('day')) continue;
    if (tags.has('result/relativeDateAndTime') || tags.has('casualReference/now')) continue;
    if (EVERYDAY.test(source) && (!asked || plain.length > source.length + 6)) continue;
    const [year, month, day] = [start.get('year'), start.get('month'), start.get('day')];
    if (year === null || month === null || day === null) continue;
    if (year < EARLIEST_YEAR || year > today.getFullYear() + YEARS_AHEAD) continue;
    const value = isoDate(year, month, day);
    const add = (date: string, confidence: number) =>
      found.push({
        value: date,
        source,
        confidence: asked ? confidence : confidence - 0.05,
        resolved: false,
      });
    const slashed = SLASHED.exec(source);
    if (
      slashed &&
      picked === 'en' &&
      Number(slashed[1]) <= 12 &&
      Number(slashed[2]) <= 12 &&
      slashed[1] !== slashed[2]
    ) {
      add(value, SURE.ambiguous);
      if (noonOf(isoDate(year, day, month))) add(isoDate(year, day, month), SURE.ambiguous - 0.01);
    } else if (weekday && /^next\b/i.test(source)) {
      // Half of the speakers mean the coming one, half the one after it.
      add(value, SURE.nextWeekday);
      add(plusDays(value, 7), SURE.weekAfter);
    } else if (weekday) add(value, SURE.weekday);
    else if (/\b(?:week|month|weekend)\b/i.test(source) && !/\d|\b(?:in|ago|from)\b/i.test(source))
      add(value, SURE.vague);
    else add(value, SURE.said);
  }
  return found;
}

/** "The twenty-first", and a bare number when the date was asked for. */
function dayOnly(text: string, { language, asked, today }: SlotQuestion): SlotReading[] {
  const said = pickLanguage([language]) === 'en' ? dayOfMonthSaid(text) : null;
  if (said) {
    const value = nextDayOfMonth(today, said.day);
    return value ? [{ value, source: said.source, confidence: SURE.dayOnly, resolved: false }] : [];
  }
  const numbers = asked ? cardinalsIn(text, language) : [];
  const [number] = numbers;
  if (!number || numbers.length > 1) return [];
  // Longer words beside it (a month that has no such day) make it something else.
  const beside = wordsOf(text.slice(0, number.start) + text.slice(number.end));
  if (beside.length > 2 || beside.some(({ text: word }) => word.length > 3)) return [];
  const value = nextDayOfMonth(today, number.value);
  const source = text.slice(number.start, number.end);
  return value ? [{ value, source, confidence: SURE.bareNumber, resolved: false }] : [];
}

/** A known date with the same day and month is meant, whatever its year. */
function resolve(reading: SlotReading, known: readonly string[]): SlotReading {
  const value = String(reading.value);
  for (const candidate of known) {
    const noon = noonOf(candidate);
    if (!noon) continue;
    const date = dateOf(noon);
    if (date === value) return { ...reading, confidence: Math.max(reading.confidence, SURE.said) };
    if (date.slice(5) === value.slice(5) && !/\d{4}/.test(reading.source)) {
      return { ...reading, value: date, confidence: Math.min(reading.confidence, 0.85), resolved: true };
    }
  }
  return reading;
}

/** The parsers compile their patterns at first use, which takes tens of milliseconds: done here before any call. */
const WARM_UP: Readonly<Record<Language, string>> = {
  en: 'next friday or the 3rd of may at 5 pm',
  es: 'el viernes o el 3 de mayo',
  fr: 'vendredi ou le 3 mai',
  de: 'am freitag oder am 3. mai',
  pt: 'na sexta-feira ou 3 de maio',
  ar: 'غدا او يوم الجمعة',
};

/** Call once at start for each language in use, so that no first turn waits. */
export function warmUpDates(language: string): void {
  const picked = pickLanguage([language]);
  for (let round = 0; round < 3; round++) PARSERS[picked].parse(WARM_UP[picked], new Date(2026, 0, 1, 12));
}

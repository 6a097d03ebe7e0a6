import type { Json } from '../../../shared/json.ts';
import { speakEmail, speakNumber } from '../understanding/readback.ts';
import { calendarDay, dayOf, fullDay, relativeDay, timeOfDay } from './calendar.ts';
import { memoized } from './memoized.ts';
import { money } from './money.ts';

/** How a value is shown and read out. */
export const VALUE_STYLES = [
  'text',
  'digits',
  'money',
  'day',
  'date',
  'fullDate',
  'time',
  'email',
  'list',
] as const;
export type ValueStyle = (typeof VALUE_STYLES)[number];

/** Where and when a value is spoken. */
export type SpeakingPlace = { language: string; timeZone: string; today: string; currency: string };

/** A value inside a message; ICU's `select`, `plural` and `number` see its raw value. */
export class SpokenValue {
  readonly raw: Json;
  readonly text: string;
  readonly speech: string;

  constructor(raw: Json, text: string, speech = text) {
    this.raw = raw;
    this.text = text;
    this.speech = speech;
  }

  toString(): string {
    return String(this.raw);
  }

  valueOf(): unknown {
    return this.raw;
  }
}

const conjunction = memoized((language: string) => new Intl.ListFormat(language, { type: 'conjunction' }));

/** Undefined when there is no value, or none of that style. */
export function speak(
  raw: Json | undefined,
  style: ValueStyle,
  place: SpeakingPlace,
): SpokenValue | undefined {
  if (raw === undefined || raw === null || raw === '') return undefined;
  const spoken = inStyle(raw, style, place);
  return spoken && new SpokenValue(raw, spoken.text, spoken.speech);
}

function inStyle(
  raw: Json,
  style: ValueStyle,
  place: SpeakingPlace,
): { text: string; speech: string } | undefined {
  const plain = plainText(raw, place);
  switch (style) {
    case 'text':
      return { text: plain, speech: plain };
    case 'digits':
      return { text: plain, speech: speakNumber(plain, place.language) };
    case 'money':
      return typeof raw === 'number' ? money(raw, place.currency, place.language) : undefined;
    case 'day':
    case 'date':
    case 'fullDate': {
      const day = dayOf(plain, place.timeZone);
      if (day === undefined) return undefined;
      const say = { day: relativeDay, date: calendarDay, fullDate: fullDay }[style];
      return say(day, place.today, place.language);
    }
    case 'time':
      return timeOfDay(plain, place.language);
    case 'email':
      return { text: plain, speech: speakEmail(plain, place.language) };
    case 'list':
      return Array.isArray(raw) && raw.length === 0 ? undefined : { text: plain, speech: plain };
  }
}

function plainText(raw: Json, place: SpeakingPlace): string {
  if (Array.isArray(raw))
    return conjunction(place.language, '').format(raw.map((item) => plainText(item, place)));
  if (typeof raw === 'object' && raw !== null) {
    return Object.values(raw)
      .filter((part) => part !== null && part !== '')
      .map((part) => plainText(part, place))
      .join(', ');
  }
  return String(raw);
}

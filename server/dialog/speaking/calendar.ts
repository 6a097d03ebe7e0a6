import { memoized } from './memoized.ts';

/** Dates on the shop's calendar, as people say them. */

const DAY_MS = 86_400_000;

const isoDay = memoized(
  (_: string, timeZone: string) =>
    new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }),
);
const relative = memoized((language: string) => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }));
const weekdayName = memoized(
  (language: string) => new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' }),
);
const dayAndMonth = memoized(
  (language: string, year: string) =>
    new Intl.DateTimeFormat(language, {
      day: 'numeric',
      month: 'long',
      timeZone: 'UTC',
      ...(year === 'year' ? { year: 'numeric' } : {}),
    }),
);

/** How each language says "on" before a weekday and before a date. */
const ON: Readonly<Record<string, { weekday: (name: string) => string; date: (date: string) => string }>> = {
  en: { weekday: (name) => `on ${name}`, date: (date) => `on ${date}` },
  es: { weekday: (name) => `el ${name}`, date: (date) => `el ${date}` },
  fr: { weekday: (name) => name, date: (date) => `le ${date}` },
  de: { weekday: (name) => `am ${name}`, date: (date) => `am ${date}` },
  pt: {
    weekday: (name) => (name.endsWith('feira') ? `na ${name}` : `no ${name}`),
    date: (date) => `em ${date}`,
  },
  ar: { weekday: (name) => `يوم ${name}`, date: (date) => `في ${date}` },
};

const ORDINALS = [
  ...['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'],
  ...[
    'eleventh',
    'twelfth',
    'thirteenth',
    'fourteenth',
    'fifteenth',
    'sixteenth',
    'seventeenth',
    'eighteenth',
  ],
  ...[
    'nineteenth',
    'twentieth',
    'twenty-first',
    'twenty-second',
    'twenty-third',
    'twenty-fourth',
    'twenty-fifth',
  ],
  ...['twenty-sixth', 'twenty-seventh', 'twenty-eighth', 'twenty-ninth', 'thirtieth', 'thirty-first'],
];

/** `YYYY-MM-DD` of a moment in a time zone. */
export function localDay(epochMs: number, timeZone: string): string {
  return isoDay('', timeZone).format(epochMs);
}

/** The local day of an ISO date or date and time, or undefined when it is neither. */
export function dayOf(iso: string, timeZone: string): string | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/u.test(iso)) return Number.isNaN(Date.parse(iso)) ? undefined : iso;
  const at = Date.parse(iso);
  return Number.isNaN(at) ? undefined : localDay(at, timeZone);
}

/** "yesterday", "on Friday", "on December 3"; relative to `today` within a week. */
export function relativeDay(day: string, today: string, language: string): { text: string; speech: string } {
  const distance = Math.round((Date.parse(day) - Date.parse(today)) / DAY_MS);
  const on = ON[language] ?? ON.en;
  if (Math.abs(distance) <= 1) return same(relative(language, '').format(distance, 'day'));
  if (on && Math.abs(distance) < 7) {
    return same(on.weekday(weekdayName(language, '').format(Date.parse(day))));
  }
  const date = calendarDay(day, today, language);
  return on ? { text: on.date(date.text), speech: on.date(date.speech) } : date;
}

/** "December 3", spoken "the third of December"; with its year when that is another than today's. */
export function calendarDay(day: string, today: string, language: string): { text: string; speech: string } {
  const at = Date.parse(day);
  const format = dayAndMonth(language, day.slice(0, 4) === today.slice(0, 4) ? '' : 'year');
  const text = format.format(at);
  if (language !== 'en') return same(text);
  const month = format.formatToParts(at).find((part) => part.type === 'month')?.value ?? '';
  return { text, speech: `the ${ORDINALS[Number(day.slice(8, 10)) - 1] ?? ''} of ${month}` };
}

/** "Friday, December 3", for re-reading a date that is to be confirmed. */
export function fullDay(day: string, today: string, language: string): { text: string; speech: string } {
  const weekday = weekdayName(language, '').format(Date.parse(day));
  const date = calendarDay(day, today, language);
  return { text: `${weekday}, ${date.text}`, speech: `${weekday}, ${date.speech}` };
}

/** "9:00", spoken "9 in the morning". Other languages read the digits as they stand. */
export function timeOfDay(time: string, language: string): { text: string; speech: string } {
  const [hour, minute] = time.split(':').map(Number);
  if (hour === undefined || minute === undefined || Number.isNaN(hour + minute)) return same(time);
  const text = `${hour}:${String(minute).padStart(2, '0')}`;
  if (language !== 'en') return { text, speech: minute === 0 ? String(hour) : text };
  const part = hour < 12 ? 'in the morning' : hour < 18 ? 'in the afternoon' : 'in the evening';
  const onClock = hour % 12 === 0 ? 12 : hour % 12;
  return { text, speech: `${onClock}${minute === 0 ? '' : ` ${String(minute).padStart(2, '0')}`} ${part}` };
}

function same(text: string): { text: string; speech: string } {
  return { text, speech: text };
}

import { TIME_ZONE } from '../store/days.ts';

const LOCALE = 'en-GB';

const dayFormat = new Intl.DateTimeFormat(LOCALE, {
  timeZone: 'UTC',
  weekday: 'long',
  day: 'numeric',
  month: 'long',
});
const momentFormat = new Intl.DateTimeFormat(LOCALE, {
  timeZone: TIME_ZONE,
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const preciseFormat = new Intl.DateTimeFormat(LOCALE, {
  timeZone: TIME_ZONE,
  day: '2-digit',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** `£129`, or `£12.50` where there are pence. */
export function money(cents: number, currency: string): string {
  return new Intl.NumberFormat(LOCALE, {
    style: 'currency',
    currency,
    minimumFractionDigits: cents % 100 === 0 ? 0 : 2,
  }).format(cents / 100);
}

/** `Friday 17 July` for `2026-07-17`. */
export function dayName(day: string): string {
  return dayFormat.format(Date.parse(`${day}T12:00:00Z`));
}

/** `14 July 2026` for a moment. */
export function dateOf(iso: string): string {
  return momentFormat.format(Date.parse(iso));
}

/** `14 Jul, 09:30` for a moment. */
export function momentOf(iso: string): string {
  return preciseFormat.format(Date.parse(iso));
}

export function sentenceCase(text: string): string {
  const words = text.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

import { memoized } from './memoized.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const relative = memoized((language: string) => new Intl.RelativeTimeFormat(language, { numeric: 'always' }));

/** How long ago something was, in whole minutes, hours or days: "10 minutes ago". */
export function ageOf(sinceMs: number, nowMs: number, language: string): string {
  const ageMs = Math.max(0, nowMs - sinceMs);
  const format = relative(language, '');
  if (ageMs >= 2 * DAY_MS) return format.format(-Math.floor(ageMs / DAY_MS), 'day');
  if (ageMs >= 2 * HOUR_MS) return format.format(-Math.floor(ageMs / HOUR_MS), 'hour');
  return format.format(-Math.max(1, Math.round(ageMs / MINUTE_MS)), 'minute');
}

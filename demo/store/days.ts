/** The shop's calendar: days as `YYYY-MM-DD` in its own time zone. */
export const TIME_ZONE = 'Europe/London';
const DAY_MS = 86_400_000;

const dayFormat = new Intl.DateTimeFormat('en-CA', { timeZone: TIME_ZONE, dateStyle: 'short' });

export function dayOf(epochMs: number): string {
  return dayFormat.format(epochMs);
}

/** `days` may be negative. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** 0 is Sunday. */
export function weekday(day: string): number {
  return new Date(`${day}T12:00:00Z`).getUTCDay();
}

/** Whether the text is a day that exists: `2026-02-30` does not. */
export function isDay(text: string): boolean {
  const parsed = Date.parse(`${text}T12:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(parsed).toJSON()?.slice(0, 10) === text;
}

/** Days on which the carrier collects: the next two weeks from tomorrow, without Sundays. */
export function pickupDays(today: string): string[] {
  const days: string[] = [];
  for (let ahead = 1; ahead <= 14; ahead += 1) {
    const day = addDays(today, ahead);
    if (weekday(day) !== 0) days.push(day);
  }
  return days;
}

/** Dates without time, `YYYY-MM-DD`. */
export type IsoDate = string;

export const isoDate = (year: number, month: number, day: number): IsoDate =>
  `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;

/** Noon of that day in local time, which is the same day in every reading of it; null for what is no date. */
export function noonOf(date: IsoDate): Date | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date.slice(0, 10));
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const noon = new Date(year, month - 1, day, 12);
  return noon.getMonth() === month - 1 && noon.getDate() === day ? noon : null;
}

export const dateOf = (noon: Date): IsoDate =>
  isoDate(noon.getFullYear(), noon.getMonth() + 1, noon.getDate());

export function plusDays(date: IsoDate, days: number): IsoDate {
  const noon = noonOf(date);
  if (!noon) return date;
  noon.setDate(noon.getDate() + days);
  return dateOf(noon);
}

/** The next day with this number, today included; months that are too short for it are passed over. */
export function nextDayOfMonth(today: IsoDate, day: number): IsoDate | null {
  const noon = noonOf(today);
  if (!noon || day < 1 || day > 31) return null;
  for (let ahead = 0; ahead < 12; ahead++) {
    const candidate = new Date(noon.getFullYear(), noon.getMonth() + ahead, day, 12);
    if (candidate.getDate() === day && candidate >= noon) return dateOf(candidate);
  }
  return null;
}

import { TIME_ZONE } from './days.ts';

type DayHours = { day: string; opens: string | null; closes: string | null };

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];

/** When the showroom is open; null on both ends means closed all day. */
export const OPENING_HOURS: { days: DayHours[]; timezone: string } = {
  days: [
    ...weekdays.map((day) => ({ day, opens: '09:00', closes: '18:00' })),
    { day: 'saturday', opens: '10:00', closes: '16:00' },
    { day: 'sunday', opens: null, closes: null },
  ],
  timezone: TIME_ZONE,
};

import type { Channel } from '../../ledger/event.ts';
import type { ContactMemory, PersonMemory } from './memory.ts';

/** Of the latest contacts so many must show a habit before it counts as one. */
const HABIT = 2;
/** Asking twice in a contact to hear something again is more than a noisy moment. */
const MANY_REPEATS = 2;
/** A colleague who is asked for within so many turns was wanted from the start. */
const QUICK_TURNS = 3;
const USUAL_MATTERS = 3;
/** Where hearing is hard, speech begins a little slower and louder. */
const EASIER = { rate: 0.85, gain: 1.2 } as const;

const RATES = { least: 0.7, most: 1.3 } as const;
const GAINS = { least: 1, most: 2 } as const;

/** What a person's memory says of how to speak with them; null where it says nothing. */
export type Tendencies = {
  /** Speed of speech, 1 being normal. */
  rate: number;
  /** Loudness, 1 being normal. */
  gain: number;
  language: string | null;
  /** Where most of the latest contacts were. */
  channel: Channel | null;
  /** Writes in calls instead of speaking. */
  writes: boolean;
  /** Often asks to hear things again. */
  asksAgain: boolean;
  /** Wants a colleague soon. */
  wantsHuman: boolean;
  /** The hour of the day, UTC, of most contacts. */
  usualHour: number | null;
  /** Intents of most contacts, the most frequent first. */
  usualMatters: string[];
  verifiedBy: string | null;
};

/** Habits and wishes, drawn from a memory. What the person has asked for goes before what was only observed. */
export function tendenciesOf(memory: PersonMemory): Tendencies {
  const { contacts, preferences, tally } = memory;
  const asksAgain = habit(contacts, ({ repeats }) => repeats >= MANY_REPEATS);
  const language = preferences.language?.value;
  return {
    rate: numberBetween(preferences.rate?.value, RATES) ?? (asksAgain ? EASIER.rate : 1),
    gain: numberBetween(preferences.gain?.value, GAINS) ?? (asksAgain ? EASIER.gain : 1),
    language: typeof language === 'string' ? language : null,
    channel: mostFrequent(contacts.map(({ channel }) => channel)),
    writes:
      preferences.writes?.value === true ||
      habit(contacts, ({ channel, typed, turns }) => channel === 'voice' && typed > 1 && typed * 2 >= turns),
    asksAgain,
    wantsHuman: habit(contacts, ({ turnsToHuman }) => turnsToHuman !== null && turnsToHuman <= QUICK_TURNS),
    usualHour: tally.contacts < HABIT ? null : tally.byHour.indexOf(Math.max(...tally.byHour)),
    usualMatters: Object.entries(tally.byIntent)
      .filter(([, count]) => count >= HABIT)
      .sort(([, a], [, b]) => b - a)
      .slice(0, USUAL_MATTERS)
      .map(([intent]) => intent),
    verifiedBy: memory.verification?.method ?? null,
  };
}

function habit(contacts: readonly ContactMemory[], shows: (contact: ContactMemory) => boolean): boolean {
  return contacts.filter(shows).length >= HABIT;
}

function mostFrequent<Value>(values: readonly Value[]): Value | null {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [best] = [...counts].sort(([, a], [, b]) => b - a);
  return best?.[0] ?? null;
}

function numberBetween(value: unknown, { least, most }: { least: number; most: number }): number | null {
  return typeof value === 'number' ? Math.min(most, Math.max(least, value)) : null;
}

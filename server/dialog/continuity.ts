import type { ToldValue, UnfinishedTask } from '../context/memory/memory.ts';
import type { Channel } from '../ledger/event.ts';
import type { SlotType } from './understanding/slot.ts';

/**
 * What one contact hands on to the next, in one place: how long an unfinished task and what was said for it last, what
 * a contact on another channel has to ask anew, and what may be told again, aloud or in writing.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export type ContinuityRules = {
  /** An unfinished task is offered for so long. */
  readonly offerForMs: number;
  /** What the caller said for a task needs no second question for so long; later it is confirmed first. */
  readonly trustSaidForMs: number;
  /** A confirmation that nothing has followed is not carried over: before an action the caller is asked again. */
  readonly confirmationLastsMs: number;
  /** Values of these slots are never told before the caller has said them in this contact. */
  readonly neverTold: readonly SlotType[];
};

const SPOKEN: ContinuityRules = {
  offerForMs: 14 * DAY_MS,
  trustSaidForMs: 7 * DAY_MS,
  confirmationLastsMs: 0,
  // Somebody may stand beside the caller, and read aloud they are long.
  neverTold: ['email', 'address', 'text'],
};

const WRITTEN: ContinuityRules = { ...SPOKEN, neverTold: ['email'] };

/** E-mails and messages are answered hours later: what was confirmed in one thread of them holds for a while. */
const SLOW: ContinuityRules = { ...WRITTEN, confirmationLastsMs: DAY_MS };

export const CONTINUITY: Readonly<Record<Channel, ContinuityRules>> = {
  voice: SPOKEN,
  chat: WRITTEN,
  email: SLOW,
  message: SLOW,
  page: WRITTEN,
  system: SPOKEN,
};

/** A visitor whose name is not proven may be somebody else at the same browser: shorter, and nothing private. */
const ANONYMOUS_OFFER_MS = DAY_MS;
const ANONYMOUS_KEEPS: readonly SlotType[] = ['number', 'date', 'choice', 'yesNo', 'amount'];

/** A contact that has not ended and was silent for longer than this is taken for lost. */
const CONTACT_LIVES_MS = 2 * MINUTE_MS;

/** Beside the priorities of greeting rules (0…100): what was just broken off is nearly always the reason to call. */
const FRESH = { forMs: HOUR_MS, priority: 85 } as const;
const RECENT = { forMs: DAY_MS, priority: 78 } as const;
const OLD_PRIORITY = 60;

/** Who is spoken to, where, and when. */
export type Moment = { channel: Channel; signed: boolean; nowMs: number };

/** Whether going on with an unfinished task may be offered; what was declined, only when the caller brings it up. */
export function mayOffer(
  task: UnfinishedTask,
  { channel, signed, nowMs }: Moment,
  broughtUp: boolean,
): boolean {
  const { offerForMs } = CONTINUITY[channel];
  const limitMs = signed ? offerForMs : Math.min(offerForMs, ANONYMOUS_OFFER_MS);
  return (broughtUp || !task.declined) && nowMs - task.atMs <= limitMs;
}

/** How an unfinished task ranks among the greeting rules. */
export function priorityOf(task: UnfinishedTask, nowMs: number): number {
  const ageMs = nowMs - task.atMs;
  if (ageMs <= FRESH.forMs) return FRESH.priority;
  return ageMs <= RECENT.forMs ? RECENT.priority : OLD_PRIORITY;
}

/** What becomes of a value from an earlier contact: kept as said, confirmed first, or forgotten. */
export function carriedOver(
  type: SlotType,
  told: ToldValue,
  { channel, signed, nowMs }: Moment,
): 'keep' | 'confirm' | 'forget' {
  if (!signed && !ANONYMOUS_KEEPS.includes(type)) return 'forget';
  if (!told.certain || nowMs - told.atMs > CONTINUITY[channel].trustSaidForMs) return 'confirm';
  return 'keep';
}

/** Whether a value from an earlier contact may stand in a sentence of the assistant's before the caller says it. */
export function mayTell(type: SlotType, { channel, signed }: Moment): boolean {
  return signed && !CONTINUITY[channel].neverTold.includes(type);
}

/** Whether a confirmation that nothing followed still holds, in the same thread of messages. */
export function confirmationHolds(atMs: number, from: Channel, { channel, nowMs }: Moment): boolean {
  return from === channel && nowMs - atMs < CONTINUITY[channel].confirmationLastsMs;
}

/** Whether a contact of the same person goes on at this moment. */
export function stillGoesOn(contact: { endedAtMs: number | null; lastAtMs: number }, nowMs: number): boolean {
  return contact.endedAtMs === null && nowMs - contact.lastAtMs < CONTACT_LIVES_MS;
}

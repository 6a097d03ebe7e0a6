import { newId } from '../../shared/ids.ts';
import type { JsonObject } from '../../shared/json.ts';

/** Where an interaction happened; `system` is what the server did by itself. */
export const CHANNELS = ['voice', 'chat', 'email', 'message', 'page', 'system'] as const;
export type Channel = (typeof CHANNELS)[number];

/**
 * What can be told of a customer, one kind a fact. `data` holds nothing personal; everything that a person said, wrote
 * or is called stands in `personal`, which an erasure empties.
 */
export const LEDGER_KINDS = [
  'session.opened',
  'session.ended',
  /** data {name}, personal {url, data} */
  'page.event',
  /** data {language}; `contactId` is the call or the thread of messages */
  'contact.started',
  /** data {reason, durationMs} */
  'contact.ended',
  /** What was heard or written: data {turnId, confidence, language}, personal {text} */
  'turn.caller',
  /** What was actually said aloud or sent: data {turnId, interrupted, language}, personal {text} */
  'turn.assistant',
  /** data {intent, confidence} */
  'intent',
  /** data {task, slot, confirmed}, personal {value} */
  'slot',
  /** data {decision, reason} */
  'decision',
  /** A read from a customer's system: data {system, operation, ok, durationMs, source} */
  'lookup',
  /** A change in a customer's system: data {system, operation, state}, personal {input, result} */
  'action',
  /** data {method, outcome, level, risk} */
  'verification',
  /** data {language, source} */
  'language',
  /** data {name, source}, personal {value} */
  'preference',
  /** data {promiseId, what, dueAtMs}, personal {text} */
  'promise.opened',
  'promise.kept',
  'promise.broken',
  /** data {taskId, task, step, done, pending}, personal {slots} */
  'task.begun',
  'task.step',
  'task.parked',
  'task.resumed',
  'task.done',
  'task.abandoned',
  /** data {from, to, reason} */
  'handover',
  /** data {outcome, reason} */
  'outcome',
  /** data {person, handleKind, proof} */
  'identity.linked',
  /** data {into, from, proof} */
  'identity.merged',
  /** data {events}: how many were emptied. It outlives what it erased. */
  'erasure',
] as const;
export type LedgerKind = (typeof LEDGER_KINDS)[number];

export type LedgerEvent = {
  /** `evt_…`; an id that is appended twice is kept once. */
  id: string;
  kind: LedgerKind;
  /** Milliseconds since the Unix epoch. */
  atMs: number;
  /** Site key. */
  site: string;
  /** `per_…`; null when nobody in particular is meant. */
  personId: string | null;
  sessionId: string | null;
  /** The call's id or that of the thread of messages. */
  contactId: string | null;
  channel: Channel;
  /** Nothing personal. */
  data: JsonObject;
  /** Marked: erased on request. */
  personal: JsonObject;
};

/** An event as the ledger keeps it; `seq` grows in the order in which events became visible, with gaps. */
export type StoredEvent = LedgerEvent & { seq: number };

/** What a writer must say; the rest has an obvious value. */
export type NewEvent = Pick<LedgerEvent, 'kind' | 'site' | 'channel'> & Partial<LedgerEvent>;

/** Completes an event: a fresh id, the given moment, nobody, nothing more to say. */
export function ledgerEvent(event: NewEvent, epochMs: number): LedgerEvent {
  return {
    id: newId('evt'),
    atMs: epochMs,
    personId: null,
    sessionId: null,
    contactId: null,
    data: {},
    personal: {},
    ...event,
  };
}

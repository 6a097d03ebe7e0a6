import type { JsonObject } from '../../shared/json.ts';
import type { PersonMemory } from '../context/memory/memory.ts';
import type { Channel, LedgerKind } from '../ledger/event.ts';

/** Something that the dialog did or understood, for the ledger. Only `personal` may hold what a person said. */
export type Note = { kind: LedgerKind; data: JsonObject; personal?: JsonObject };

/** What joins one conversation with those before and after it. */
export type Thread = {
  readonly channel: Channel;
  /** The call, or the thread of messages. */
  readonly contactId: string | null;
  /** What is remembered of the person now, this contact included; null while, or where, nothing is known. */
  memory(): PersonMemory | null;
  /** Writes down; returns at once. */
  note(note: Note): void;
};

/** A conversation of nobody in particular, of which nothing is written down. */
export const NO_THREAD: Thread = {
  channel: 'voice',
  contactId: null,
  memory: () => null,
  note: () => {},
};

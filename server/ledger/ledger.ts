import type { LedgerEvent, LedgerKind, StoredEvent } from './event.ts';

export type LedgerQuery = {
  site: string;
  /** All ids of one customer (merged persons have several); no event of anybody else is given. */
  people: readonly string[];
  kinds?: readonly LedgerKind[];
  /** Only what comes behind this place. */
  afterSeq?: number;
  /** Only what comes before this place. */
  beforeSeq?: number;
  contactId?: string;
  /** At most 1,000. */
  limit: number;
  newestFirst?: boolean;
};

export type ScanFilter = { site?: string; kinds?: readonly LedgerKind[] };

/**
 * Port: the append-only record of every interaction. Every method rejects with LEDGER_UNAVAILABLE while the database is
 * gone.
 */
export type Ledger = {
  readonly name: string;
  /**
   * Adds events in their order, all or none; resolves when they are durable. Events whose id is there already are left
   * out. What belongs to an erased person is kept without its personal part. Rejects with LEDGER_EVENT_INVALID when the
   * database cannot hold an event.
   */
  append(events: readonly LedgerEvent[]): Promise<void>;
  /** One customer's events, oldest first unless asked otherwise. */
  read(query: LedgerQuery): Promise<StoredEvent[]>;
  /**
   * Everybody's events behind a place, in order; for projections and streams. An event that appears later never has a
   * smaller `seq` than one that was given: a cursor misses nothing.
   */
  scan(afterSeq: number, limit: number, filter?: ScanFilter): Promise<StoredEvent[]>;
  /** The last event's place; 0 for an empty ledger. */
  head(): Promise<number>;
  /** Empties the personal part of all that these people did, now and in the future. Answers how many were emptied. */
  erase(site: string, people: readonly string[], atMs: number): Promise<number>;
  /** Up to `limit` (at most 1,000) events of a kind that happened before a moment, oldest first. */
  aged(site: string, kind: LedgerKind, beforeMs: number, limit: number): Promise<StoredEvent[]>;
  /** Removes events by their places. */
  remove(seqs: readonly number[]): Promise<void>;
  /** Calls back after an append of this process; the returned function ends that. */
  onAppended(listener: () => void): () => void;
  close(): Promise<void>;
};

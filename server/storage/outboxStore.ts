import type { JsonObject } from '../../shared/json.ts';

/** An action that is to take effect once. */
export type NewOutboxEntry = {
  siteKey: string;
  /** Unique within a site. */
  idempotencyKey: string;
  /** Entries of one lane are done in the order in which they were added. */
  lane: string;
  operation: string;
  /** Personal. */
  args: JsonObject;
  customerId: string | null;
  /** Milliseconds since the epoch. */
  notedAtMs: number;
};

export type OutboxEntry = NewOutboxEntry & {
  /** Its place among all entries. */
  seq: number;
  state: 'waiting' | 'done' | 'refused' | 'dead';
  attempts: number;
  /** Not before this, in milliseconds since the epoch. */
  nextAtMs: number;
  /** Somebody attempts it until then. */
  leasedUntilMs: number | null;
  /** What the system answered, when it is done. */
  answer: JsonObject | null;
  /** Why it was refused or given up. */
  reason: string | null;
};

export type OutboxKey = Pick<OutboxEntry, 'siteKey' | 'idempotencyKey'>;

export type OutboxEnd =
  | { state: 'done'; answer: JsonObject }
  | { state: 'refused'; reason: string }
  | { state: 'dead'; reason: string };

/** Port: where actions wait. What it has acknowledged is on the disk. */
export type OutboxStore = {
  readonly name: string;
  /** Adds an entry, due at once; where one of its key exists, answers that and changes nothing. */
  add(entry: NewOutboxEntry): Promise<OutboxEntry>;
  /** Takes the first waiting entry of a lane until `untilMs`; null when it is not due or somebody has it. */
  claim(lane: string, nowMs: number, untilMs: number): Promise<OutboxEntry | null>;
  /** Ends an entry; one that has ended keeps its end. */
  end(key: OutboxKey, end: OutboxEnd, atMs: number): Promise<void>;
  /** Gives a taken entry back, due again at `nextAtMs`. */
  postpone(key: OutboxKey, attempts: number, nextAtMs: number): Promise<void>;
  /** Lanes whose first waiting entry is due and taken by nobody; the longest due first. */
  due(nowMs: number, limit: number): Promise<string[]>;
  /** Waiting entries, oldest first, of those behind a place. */
  waiting(limit: number, afterSeq?: number): Promise<OutboxEntry[]>;
  /** Removes what ended before `beforeMs`. */
  purge(beforeMs: number): Promise<void>;
  /** Removes all of one customer. */
  erase(siteKey: string, customerId: string): Promise<number>;
};

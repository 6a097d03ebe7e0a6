import type { CallStore, CallTenure, KeptCall, SavedCall } from '../../server/storage/callStore.ts';
import type { KeptSession, SessionStore } from '../../server/storage/sessionStore.ts';
import { SegueError } from '../../shared/errors.ts';

/** Where processes keep sessions, without a database. */
export class MemorySessionStore implements SessionStore {
  readonly name = 'memory';
  readonly kept = new Map<string, KeptSession>();
  /** As a database that is gone. */
  gone = false;

  async save(sessions: readonly KeptSession[]): Promise<void> {
    this.#ask();
    for (const session of sessions) this.kept.set(session.id, plain(session));
  }

  async load(id: string, sinceMs: number): Promise<KeptSession | null> {
    this.#ask();
    const session = this.kept.get(id);
    return session && session.touchedMs > sinceMs ? plain(session) : null;
  }

  async erase(ids: readonly string[]): Promise<void> {
    this.#ask();
    for (const id of ids) this.kept.delete(id);
  }

  async purge(beforeMs: number): Promise<void> {
    this.#ask();
    for (const [id, { touchedMs }] of this.kept) if (touchedMs < beforeMs) this.kept.delete(id);
  }

  #ask(): void {
    if (this.gone) throw new SegueError('DATABASE_UNAVAILABLE');
  }
}

type Row = SavedCall & { released: boolean; ended: boolean; leaseUntilMs: number };

/** Where processes keep running calls, without a database; its clock is the test's. */
export class MemoryCallStore implements CallStore {
  readonly name = 'memory';
  readonly rows = new Map<string, Row>();
  readonly #nowMs: () => number;
  gone = false;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  async save(calls: readonly SavedCall[], leaseMs: number): Promise<string[]> {
    this.#ask();
    const lost: string[] = [];
    for (const call of calls) {
      const row = this.rows.get(call.id);
      if (row && !this.#isTheirs(row, call)) lost.push(call.id);
      else
        this.rows.set(call.id, {
          ...plain(call),
          released: false,
          ended: false,
          leaseUntilMs: this.#nowMs() + leaseMs,
        });
    }
    return lost;
  }

  async renew(calls: readonly CallTenure[], leaseMs: number): Promise<string[]> {
    this.#ask();
    return calls.flatMap((call) => {
      const row = this.rows.get(call.id);
      if (!row || !this.#isTheirs(row, call)) return call.id;
      row.leaseUntilMs = this.#nowMs() + leaseMs;
      return [];
    });
  }

  async ofSession(sessionId: string): Promise<KeptCall | null> {
    this.#ask();
    const row = [...this.rows.values()].find((one) => one.sessionId === sessionId && !one.ended);
    return row ? this.#told(row) : null;
  }

  async claim({ id, epoch }: Pick<KeptCall, 'id' | 'epoch'>, owner: string, leaseMs: number) {
    this.#ask();
    const row = this.rows.get(id);
    if (!row || row.ended || row.epoch !== epoch) return null;
    Object.assign(row, { owner, epoch: epoch + 1, released: false, leaseUntilMs: this.#nowMs() + leaseMs });
    return this.#told(row);
  }

  async release(call: CallTenure): Promise<void> {
    this.#ask();
    const row = this.rows.get(call.id);
    if (row && this.#isTheirs(row, call)) row.released = true;
  }

  async end(calls: readonly CallTenure[]): Promise<void> {
    this.#ask();
    for (const call of calls) {
      const row = this.rows.get(call.id);
      if (row && this.#isTheirs(row, call)) Object.assign(row, { ended: true, checkpoint: {} });
    }
  }

  async abandoned(sinceMs: number, limit: number): Promise<KeptCall[]> {
    this.#ask();
    return [...this.rows.values()]
      .filter((row) => !row.ended && row.leaseUntilMs < this.#nowMs() - sinceMs)
      .slice(0, limit)
      .map((row) => this.#told(row));
  }

  async erase(ids: readonly string[]): Promise<void> {
    this.#ask();
    for (const id of ids) this.rows.delete(id);
  }

  async purge(): Promise<void> {
    this.#ask();
    for (const [id, { ended }] of this.rows) if (ended) this.rows.delete(id);
  }

  #isTheirs(row: Row, { owner, epoch }: CallTenure): boolean {
    return !row.ended && !row.released && row.owner === owner && row.epoch === epoch;
  }

  #told({ released, ended: _, leaseUntilMs, ...row }: Row): KeptCall {
    return plain({ ...row, owner: released ? null : row.owner, leaseLeftMs: leaseUntilMs - this.#nowMs() });
  }

  #ask(): void {
    if (this.gone) throw new SegueError('DATABASE_UNAVAILABLE');
  }
}

function plain<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

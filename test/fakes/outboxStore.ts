import type {
  NewOutboxEntry,
  OutboxEnd,
  OutboxEntry,
  OutboxKey,
  OutboxStore,
} from '../../server/storage/outboxStore.ts';

/** Entries in memory, with faults on demand. */
export class MemoryOutboxStore implements OutboxStore {
  readonly name = 'memory';
  /** In the order in which they were added. */
  readonly entries: OutboxEntry[] = [];
  #seq = 0;
  readonly #ended = new Map<OutboxEntry, number>();
  /** Every operation fails while it is true. */
  broken = false;
  /** The end of an entry is lost while it is true, as in a crash between the attempt and the mark. */
  losesEnds = false;

  async add(entry: NewOutboxEntry): Promise<OutboxEntry> {
    this.#check();
    const known = this.#find(entry);
    if (known) return { ...known };
    const added: OutboxEntry = {
      ...structuredClone(entry),
      seq: ++this.#seq,
      state: 'waiting',
      attempts: 0,
      nextAtMs: entry.notedAtMs,
      leasedUntilMs: null,
      answer: null,
      reason: null,
    };
    this.entries.push(added);
    return { ...added };
  }

  async claim(lane: string, nowMs: number, untilMs: number): Promise<OutboxEntry | null> {
    this.#check();
    const head = this.entries.find((entry) => entry.lane === lane && entry.state === 'waiting');
    if (!head || head.nextAtMs > nowMs || (head.leasedUntilMs ?? 0) > nowMs) return null;
    head.leasedUntilMs = untilMs;
    return { ...head };
  }

  async end(key: OutboxKey, end: OutboxEnd, atMs: number): Promise<void> {
    this.#check();
    if (this.losesEnds) throw new Error('the process died');
    const entry = this.#find(key);
    if (entry?.state !== 'waiting') return;
    Object.assign(entry, { leasedUntilMs: null }, end);
    this.#ended.set(entry, atMs);
  }

  async postpone(key: OutboxKey, attempts: number, nextAtMs: number): Promise<void> {
    this.#check();
    const entry = this.#find(key);
    if (entry?.state === 'waiting') Object.assign(entry, { attempts, nextAtMs, leasedUntilMs: null });
  }

  async due(nowMs: number, limit: number): Promise<string[]> {
    this.#check();
    const firsts = new Map<string, OutboxEntry>();
    for (const entry of this.entries) {
      if (entry.state === 'waiting' && !firsts.has(entry.lane)) firsts.set(entry.lane, entry);
    }
    return [...firsts.values()]
      .filter(({ nextAtMs, leasedUntilMs }) => nextAtMs <= nowMs && (leasedUntilMs ?? 0) <= nowMs)
      .sort((one, other) => one.nextAtMs - other.nextAtMs)
      .slice(0, limit)
      .map(({ lane }) => lane);
  }

  async waiting(limit: number, afterSeq = 0): Promise<OutboxEntry[]> {
    this.#check();
    return this.entries
      .filter(({ state, seq }) => state === 'waiting' && seq > afterSeq)
      .slice(0, limit)
      .map((entry) => ({ ...entry }));
  }

  async purge(beforeMs: number): Promise<void> {
    this.#remove((entry) => (this.#ended.get(entry) ?? Number.POSITIVE_INFINITY) < beforeMs);
  }

  async erase(siteKey: string, customerId: string): Promise<number> {
    return this.#remove((entry) => entry.siteKey === siteKey && entry.customerId === customerId);
  }

  #remove(which: (entry: OutboxEntry) => boolean): number {
    this.#check();
    const kept = this.entries.filter((entry) => !which(entry));
    return this.entries.splice(0, this.entries.length, ...kept).length - kept.length;
  }

  #find({ siteKey, idempotencyKey }: OutboxKey): OutboxEntry | undefined {
    return this.entries.find((one) => one.siteKey === siteKey && one.idempotencyKey === idempotencyKey);
  }

  #check(): void {
    if (this.broken) throw new Error('the database is gone');
  }
}

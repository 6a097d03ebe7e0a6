import type { LedgerEvent, LedgerKind, StoredEvent } from '../../server/ledger/event.ts';
import type { Ledger, LedgerQuery, ScanFilter } from '../../server/ledger/ledger.ts';
import { SegueError } from '../../shared/errors.ts';

/** A ledger in memory whose database can go, hang or refuse an event. */
export class MemoryLedger implements Ledger {
  readonly name = 'memory';
  readonly events: StoredEvent[] = [];
  /** How many events each append brought. */
  readonly batches: number[] = [];
  fault: 'gone' | 'hangs' | null = null;
  /** Texts of `data.n` that it cannot hold. */
  readonly refused = new Set<unknown>();
  readonly #erased = new Set<string>();
  readonly #listeners = new Set<() => void>();

  async append(events: readonly LedgerEvent[]): Promise<void> {
    if (this.fault === 'hangs') return new Promise(() => {});
    this.#check();
    if (events.some(({ data }) => this.refused.has(data.n))) throw new SegueError('LEDGER_EVENT_INVALID');
    this.batches.push(events.length);
    for (const event of events) {
      if (this.events.some(({ id }) => id === event.id)) continue;
      const personal = this.#erased.has(`${event.site} ${event.personId}`) ? {} : event.personal;
      this.events.push({ ...event, personal, seq: this.events.length + 1 });
    }
    for (const listener of this.#listeners) listener();
  }

  async read({ site, people, kinds, afterSeq = 0, beforeSeq, contactId, limit, newestFirst }: LedgerQuery) {
    this.#check();
    const found = this.events.filter(
      (event) =>
        event.site === site &&
        event.personId !== null &&
        people.includes(event.personId) &&
        (kinds?.includes(event.kind) ?? true) &&
        event.seq > afterSeq &&
        event.seq < (beforeSeq ?? Number.POSITIVE_INFINITY) &&
        (contactId === undefined || event.contactId === contactId),
    );
    return (newestFirst ? found.reverse() : found).slice(0, limit);
  }

  async scan(afterSeq: number, limit: number, { site, kinds }: ScanFilter = {}): Promise<StoredEvent[]> {
    this.#check();
    return this.events
      .filter((event) => event.seq > afterSeq)
      .filter((event) => (site ?? event.site) === event.site && (kinds?.includes(event.kind) ?? true))
      .slice(0, limit);
  }

  async head(): Promise<number> {
    this.#check();
    return this.events.at(-1)?.seq ?? 0;
  }

  async erase(site: string, people: readonly string[]): Promise<number> {
    this.#check();
    for (const person of people) this.#erased.add(`${site} ${person}`);
    const theirs = this.events.filter(
      (event) => event.site === site && people.includes(event.personId ?? ''),
    );
    for (const event of theirs) event.personal = {};
    return theirs.length;
  }

  async aged(site: string, kind: LedgerKind, beforeMs: number, limit: number): Promise<StoredEvent[]> {
    this.#check();
    return this.events
      .filter((event) => event.site === site && event.kind === kind && event.atMs < beforeMs)
      .sort((one, other) => one.atMs - other.atMs)
      .slice(0, limit);
  }

  async remove(seqs: readonly number[]): Promise<void> {
    this.#check();
    const gone = new Set(seqs);
    this.events.splice(0, Number.POSITIVE_INFINITY, ...this.events.filter(({ seq }) => !gone.has(seq)));
  }

  onAppended(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {}

  #check(): void {
    if (this.fault) throw new SegueError('LEDGER_UNAVAILABLE');
  }
}

import type { Clock, TimerHandle } from '../../../shared/clock.ts';
import { SegueError } from '../../../shared/errors.ts';
import type { StoredEvent } from '../../ledger/event.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { FRESH_MEMORY } from './memory.ts';
import type { KeptMemory, MemoryStore } from './memoryStore.ts';
import { REMEMBERED, reduce } from './reduce.ts';

/** Grows with every change of `reduce`: memories of an older version are drawn anew. */
export const MEMORY_VERSION = 1;

/** Events that are read at once: few enough not to hold the calls of this process up. */
const STEP = 250;
/** People whose memories wait to be kept while everything is drawn anew. */
const MOST_IN_HAND = 60_000;
/** What was written is drawn soon, but not for every event. */
const GATHER_MS = 1_000;
/** Other servers write too. */
const LOOK_MS = 30_000;

export type ProjectorParts = {
  ledger: Ledger;
  store: MemoryStore;
  clock: Clock;
  /** It could not go on, and tries again. */
  onTrouble(error: SegueError): void;
  step?: number;
};

/** Draws the memories of all people from the ledger, and keeps them up to date. */
export class Projector {
  readonly #ledger: Ledger;
  readonly #store: MemoryStore;
  readonly #clock: Clock;
  readonly #onTrouble: (error: SegueError) => void;
  readonly #step: number;
  #running: Promise<void> = Promise.resolve();
  #gathering: TimerHandle | null = null;
  #looking: TimerHandle | null = null;
  #unlisten: () => void = () => {};
  #closed = false;

  constructor(parts: ProjectorParts) {
    this.#ledger = parts.ledger;
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#onTrouble = parts.onTrouble;
    this.#step = parts.step ?? STEP;
  }

  /** Keeps up with the ledger from now on. */
  start(): void {
    this.#unlisten = this.#ledger.onAppended(() => {
      this.#gathering ??= this.#clock.after(GATHER_MS, () => {
        this.#gathering = null;
        this.#goOn();
      });
    });
    this.#looking = this.#clock.every(LOOK_MS, () => this.#goOn());
    this.#goOn();
  }

  /** Draws what is new. Rejects with LEDGER_UNAVAILABLE or DATABASE_UNAVAILABLE. Answers from how many events. */
  catchUp(): Promise<number> {
    return this.#inTurn(() => this.#draw(this.#step));
  }

  /** Throws all memories away and draws them anew. Answers from how many events. */
  rebuild(): Promise<number> {
    return this.#inTurn(async () => {
      await this.#store.clear(MEMORY_VERSION);
      return await this.#draw(MOST_IN_HAND);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#unlisten();
    this.#gathering?.cancel();
    this.#looking?.cancel();
    await this.#running;
  }

  /** The next events; the database works on them while the last ones are drawn. */
  #read(afterSeq: number): Promise<StoredEvent[]> {
    const reading = this.#ledger.scan(afterSeq, this.#step, { kinds: REMEMBERED });
    reading.catch(() => {});
    return reading;
  }

  #goOn(): void {
    this.catchUp().catch((error: unknown) => this.#onTrouble(SegueError.from(error)));
  }

  #inTurn<Value>(run: () => Promise<Value>): Promise<Value> {
    const result = this.#running.then(run);
    this.#running = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  /** Draws to the end of the ledger, keeping memories whenever those of `inHand` people have changed. */
  async #draw(inHand: number): Promise<number> {
    const changed = new Map<string, KeptMemory>();
    let kept = await this.#store.place(MEMORY_VERSION);
    if (kept === 0) await this.#store.clear(MEMORY_VERSION);
    const fresh = kept === 0;
    let at = kept;
    let events = 0;
    const keep = async () => {
      if (at === kept) return true;
      const moved = await this.#store.keep([...changed.values()], kept, at, MEMORY_VERSION);
      kept = at;
      return moved;
    };
    // People whose memory was thrown away have none to load, until something was kept.
    let mustLoad = !fresh;
    // Of what comes meanwhile something may be read, and the rest later.
    const head = await this.#ledger.head();
    let next = this.#read(at);
    while (!this.#closed) {
      const batch = await next;
      const last = batch.at(-1);
      if (!last) {
        at = Math.max(at, head);
        break;
      }
      next = this.#read(last.seq);
      const strangers = mustLoad ? idsOf(batch).filter((id) => !changed.has(id)) : [];
      for (const one of await this.#store.load(strangers)) changed.set(one.personId, one);
      for (const event of batch) apply(changed, event);
      events += batch.length;
      at = last.seq;
      if (changed.size < inHand) continue;
      // Another server draws too: what it has drawn is read anew next time.
      if (!(await keep())) return events;
      changed.clear();
      mustLoad = true;
    }
    await keep();
    return events;
  }
}

function idsOf(events: readonly StoredEvent[]): string[] {
  return [...new Set(events.flatMap(({ personId }) => personId ?? []))];
}

function apply(memories: Map<string, KeptMemory>, event: StoredEvent): void {
  const { personId, site, seq } = event;
  if (personId === null) return;
  const held = memories.get(personId);
  if (held && held.seq >= seq) return;
  const memory = reduce(held?.memory ?? FRESH_MEMORY, event);
  memories.set(personId, { site, personId, seq, memory });
}

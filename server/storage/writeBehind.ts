import type { Clock, TimerHandle } from '../../shared/clock.ts';

/** What changes in one moment is written in one. */
const GATHER_MS = 5;
/** A write that takes longer counts as failed until it is over. */
const SLOW_MS = 2_000;
const RETRY_MS = 1_000;
/** What is written at once is made into text at once, and meanwhile no packet goes out. */
const MOST_AT_ONCE = 100;

export type WriteBehindParts<Item> = {
  clock: Clock;
  /** Writes things as they are now. */
  write: (items: readonly Item[]) => Promise<void>;
  /** Told when it begins to fail, and null when it works again. */
  onTrouble?: (error: unknown) => void;
};

/** Who waits, and how many changes are still to be written before that. */
type Waiter = { resolve: () => void; left: number };

/**
 * Things that change, each written a moment later as it is by then, so many at a time. Nobody has to wait for it; while
 * writing fails all that changed is kept in mind, and one of them is tried again.
 */
export class WriteBehind<Item> {
  readonly #parts: WriteBehindParts<Item>;
  readonly #changed = new Set<Item>();
  #underway: readonly Item[] = [];
  #waiting: Waiter[] = [];
  #timer: TimerHandle | null = null;
  #writing: Promise<void> | null = null;
  #failing = false;
  #closed = false;

  constructor(parts: WriteBehindParts<Item>) {
    this.#parts = parts;
  }

  /** Whether nothing can be written at present. */
  get failing(): boolean {
    return this.#failing;
  }

  touch(item: Item): void {
    if (this.#closed) return;
    this.#changed.add(item);
    this.#writeAfter(GATHER_MS);
  }

  /** Whether it is still to be written as it is. */
  waits(item: Item): boolean {
    return this.#changed.has(item) || this.#underway.includes(item);
  }

  /** It is of no interest any more. */
  drop(item: Item): void {
    this.#changed.delete(item);
  }

  /** Resolves when all that has changed by now is written, and at once while nothing can be. Never rejects. */
  flushed(): Promise<void> {
    if (this.#failing || this.#closed || (this.#changed.size === 0 && !this.#writing))
      return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ resolve, left: this.#changed.size });
      this.#writeAfter(0);
    });
  }

  /** Writes what waits, once. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.cancel();
    await this.#writing;
    try {
      while (this.#changed.size > 0) await this.#parts.write(this.#take(MOST_AT_ONCE));
    } catch {
      this.#changed.clear();
    }
    this.#tell();
  }

  #writeAfter(delayMs: number): void {
    if (this.#writing || this.#closed) return;
    this.#timer ??= this.#parts.clock.after(this.#failing ? RETRY_MS : delayMs, () => {
      this.#timer = null;
      this.#writing = this.#write().finally(() => {
        this.#writing = null;
        if (this.#changed.size > 0 || this.#waiting.length > 0) this.#writeAfter(GATHER_MS);
      });
    });
  }

  async #write(): Promise<void> {
    const items = this.#take(this.#failing ? 1 : MOST_AT_ONCE);
    for (const waiter of this.#waiting) waiter.left -= items.length;
    // All that came before them is written now; what was dropped meanwhile is not counted on.
    const waiting = this.#waiting.filter(({ left }) => left <= 0 || this.#changed.size === 0);
    this.#waiting = this.#waiting.filter((waiter) => !waiting.includes(waiter));
    this.#underway = items;
    const slow = this.#parts.clock.after(SLOW_MS, () => this.#fail(new Error('The write takes too long.')));
    try {
      if (items.length > 0) await this.#parts.write(items);
      this.#work();
    } catch (error) {
      for (const item of items) this.#changed.add(item);
      this.#fail(error);
    } finally {
      slow.cancel();
      this.#underway = [];
      for (const { resolve } of waiting) resolve();
    }
  }

  /** Those that changed first. */
  #take(most: number): Item[] {
    const items: Item[] = [];
    for (const item of this.#changed) {
      if (items.length === most) break;
      items.push(item);
      this.#changed.delete(item);
    }
    return items;
  }

  #fail(error: unknown): void {
    this.#tell();
    if (this.#failing) return;
    this.#failing = true;
    this.#parts.onTrouble?.(error);
  }

  #work(): void {
    if (!this.#failing) return;
    this.#failing = false;
    this.#parts.onTrouble?.(null);
  }

  #tell(): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }
}

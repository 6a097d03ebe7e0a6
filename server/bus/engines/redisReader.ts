import type { Redis } from 'ioredis';
import type { Clock } from '../../../shared/clock.ts';

const COUNT = 200;
const PAUSE_MS = 100;
const START = '0-0';

export type RedisReaderParts = {
  /** A connection of its own: it waits most of the time. Closed with the reader. */
  link: Redis;
  streams: readonly string[];
  /** How long one question waits for something new; shorter than the link's limit for commands. */
  blockMs: number;
  clock: Clock;
  onMessage(text: string): void;
  onState(): void;
};

/** Follows streams from the moment it first reaches Redis, and reads on where it was after every interruption. */
export class RedisReader {
  readonly #parts: RedisReaderParts;
  /** The last entry read, by stream; null until the beginning is known. */
  #places: Map<string, string> | null = null;
  #reads = false;
  #closed = false;

  constructor(parts: RedisReaderParts) {
    this.#parts = parts;
    parts.link.on('close', () => this.#tell(false));
    void this.#follow();
  }

  /** Whether the last question was answered. */
  get reads(): boolean {
    return this.#reads;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts.link.disconnect();
  }

  async #follow(): Promise<void> {
    let isFresh = true;
    while (!this.#closed) {
      try {
        if (isFresh) await this.#findPlaces();
        isFresh = false;
        await this.#read();
      } catch {
        isFresh = true;
        this.#tell(false);
        if (this.#parts.link.status === 'ready' && !this.#closed) this.#parts.link.disconnect(true);
        await this.#pause();
      }
    }
  }

  /** A Redis that came back empty begins anew: then everything in it is unread. */
  async #findPlaces(): Promise<void> {
    const { link, streams } = this.#parts;
    const places = new Map<string, string>();
    for (const stream of streams) {
      const [last] = await link.xrevrange(stream, '+', '-', 'COUNT', 1);
      const end = last?.[0] ?? START;
      const known = this.#places?.get(stream);
      if (known === undefined) places.set(stream, end);
      else places.set(stream, isBefore(end, known) ? START : known);
    }
    this.#places = places;
    this.#tell(true);
  }

  async #read(): Promise<void> {
    const { link, streams, blockMs, onMessage } = this.#parts;
    const places = this.#places ?? new Map<string, string>();
    const from = streams.map((stream) => places.get(stream) ?? START);
    const found = await link.xread('COUNT', COUNT, 'BLOCK', blockMs, 'STREAMS', ...streams, ...from);
    for (const [stream, entries] of found ?? []) {
      for (const [id, fields] of entries) {
        places.set(stream, id);
        if (fields[1] !== undefined) onMessage(fields[1]);
      }
    }
  }

  #tell(reads: boolean): void {
    if (reads === this.#reads || (reads && this.#closed)) return;
    this.#reads = reads;
    this.#parts.onState();
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#parts.clock.after(PAUSE_MS, resolve));
  }
}

/** Entries are named `<milliseconds>-<count>`. */
function isBefore(one: string, other: string): boolean {
  const [oneMs = 0, oneCount = 0] = one.split('-').map(Number);
  const [otherMs = 0, otherCount = 0] = other.split('-').map(Number);
  return oneMs < otherMs || (oneMs === otherMs && oneCount < otherCount);
}

import type { Clock } from '../../shared/clock.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { TimelineEntry, TimelineType } from '../../shared/timeline.ts';
import type { TimelineStore } from '../storage/timelineStore.ts';

const FLUSH_MS = 500;
/** Of an ended call nothing is recorded any more: what could not be written is tried again, for ten minutes. */
const AGAIN_MS = 10_000;
const MOST_FAILURES = 60;

/** What happened in one call and when; the only source of latencies. Kept in memory, written in small batches. */
export class Timeline {
  readonly #clock: Clock;
  readonly #store: TimelineStore;
  readonly #callId: string;
  readonly #observe: (entry: TimelineEntry) => void;
  readonly #onFailure: (error: unknown) => void;
  readonly #startedMs: number;
  #pending: TimelineEntry[] = [];
  #flushing: { cancel(): void } | null = null;
  #failures = 0;

  constructor(parts: {
    callId: string;
    clock: Clock;
    store: TimelineStore;
    observe: (entry: TimelineEntry) => void;
    onFailure: (error: unknown) => void;
    /** So long ago the call began, in another process. */
    sinceMs?: number;
  }) {
    this.#callId = parts.callId;
    this.#clock = parts.clock;
    this.#store = parts.store;
    this.#observe = parts.observe;
    this.#onFailure = parts.onFailure;
    this.#startedMs = parts.clock.nowMs() - (parts.sinceMs ?? 0);
  }

  /** Milliseconds since the call began. */
  nowMs(): number {
    return Math.round((this.#clock.nowMs() - this.#startedMs) * 10) / 10;
  }

  /** `tMs` for what happened earlier than it was noticed. */
  record(type: TimelineType, data: JsonObject = {}, tMs = this.nowMs()): void {
    const entry = { tMs, type, ...data };
    this.#pending.push(entry);
    this.#observe(entry);
    this.#flushing ??= this.#clock.after(FLUSH_MS, () => void this.flush());
  }

  /** Writes what waits; a failing disk loses nothing that a later flush can write. */
  async flush(): Promise<void> {
    this.#flushing?.cancel();
    this.#flushing = null;
    const batch = this.#pending;
    if (batch.length === 0) return;
    this.#pending = [];
    try {
      await this.#store.append(this.#callId, batch);
      this.#failures = 0;
    } catch (error) {
      this.#pending = [...batch, ...this.#pending];
      this.#failures += 1;
      if (this.#failures < MOST_FAILURES)
        this.#flushing ??= this.#clock.after(AGAIN_MS, () => void this.flush());
      this.#onFailure(error);
    }
  }
}

import type { Clock, TimerHandle } from '../../shared/clock.ts';

/** A microphone in silence still sends a packet so often (RFC 6716, section 2.1.9). */
const SILENCE_MS = 400;
/** Three of them are missing. */
const QUIET_AFTER_MS = 1_300;
const LOOK_MS = 100;
/** A stream that has hardly begun tells nothing by stopping. */
const MOST_LIKELY_A_STREAM = 25;

/** Notices that a stream of packets has stopped, long before ICE does. */
export class PacketWatch {
  readonly #clock: Clock;
  readonly #onQuiet: (sinceMs: number) => void;
  readonly #onHeard: () => void;
  #lastMs = 0;
  #count = 0;
  #expecting = true;
  #quiet = false;
  #timer: TimerHandle | null = null;

  /** `onQuiet` gets how long ago the last packet came. */
  constructor(clock: Clock, events: { onQuiet: (sinceMs: number) => void; onHeard: () => void }) {
    this.#clock = clock;
    this.#onQuiet = events.onQuiet;
    this.#onHeard = events.onHeard;
  }

  /** Whether the stream has stopped. */
  get quiet(): boolean {
    return this.#quiet;
  }

  /**
   * How long nothing has come, beyond what silence explains; 0 where nothing is known: a device that is muted sends its
   * silence, one without a microphone nothing.
   */
  get silentMs(): number {
    if (this.#count < MOST_LIKELY_A_STREAM) return 0;
    return Math.max(0, this.#clock.nowMs() - this.#lastMs - SILENCE_MS);
  }

  packet(): void {
    const nowMs = this.#clock.nowMs();
    // A stall of our own looks like silence until the packets that waited are read.
    this.#lastMs = nowMs;
    this.#count += 1;
    if (this.#quiet) {
      this.#quiet = false;
      this.#onHeard();
    }
    if (this.#count >= MOST_LIKELY_A_STREAM) this.#timer ??= this.#clock.every(LOOK_MS, () => this.#look());
  }

  /** A device that says that it has no microphone sends nothing, and nothing is wrong. */
  expect(expecting: boolean): void {
    this.#expecting = expecting;
    this.#lastMs = this.#clock.nowMs();
    if (expecting) return;
    this.#count = 0;
    if (!this.#quiet) return;
    this.#quiet = false;
    this.#onHeard();
  }

  /** Another stream takes its place. */
  reset(): void {
    this.#count = 0;
    this.#quiet = false;
    this.close();
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #look(): void {
    const sinceMs = this.#clock.nowMs() - this.#lastMs;
    if (this.#quiet || !this.#expecting || sinceMs < QUIET_AFTER_MS) return;
    this.#quiet = true;
    this.#onQuiet(sinceMs);
  }
}

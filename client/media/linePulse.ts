import type { Clock, TimerHandle } from '../../shared/clock.ts';

/** The server sends something each 200 ms, also while the assistant is silent: three of them are missing. */
const DOUBT_AFTER_MS = 700;
/** A network that only stumbles is back sooner. */
const DEAD_AFTER_MS = 1_400;
const LOOK_MS = 150;
/** Timers of a page in the background are late; then nothing is known of the time between. */
const LATE_MS = 3_000;

export type PulseEvents = {
  /** Nothing has come for a moment. */
  onDoubt: () => void;
  /** Nothing comes any more. */
  onQuiet: () => void;
  /** Something comes, for the first time or again. */
  onBeat: () => void;
};

/** Tells a dead line from a silent assistant, by packets that come or do not come; long before ICE does. */
export class LinePulse {
  readonly #clock: Clock;
  /** Packets received so far. */
  readonly #count: () => Promise<number>;
  readonly #events: PulseEvents;
  readonly #timer: TimerHandle;
  #packets = 0;
  #beatAtMs: number | null = null;
  #lookedAtMs: number;
  #quiet = true;
  #doubted = false;
  #closed = false;

  constructor(clock: Clock, count: () => Promise<number>, events: PulseEvents) {
    this.#clock = clock;
    this.#count = count;
    this.#events = events;
    this.#lookedAtMs = clock.nowMs();
    this.#timer = clock.every(LOOK_MS, () => void this.#look().catch(() => {}));
  }

  close(): void {
    this.#closed = true;
    this.#timer.cancel();
  }

  async #look(): Promise<void> {
    const packets = await this.#count();
    if (this.#closed) return;
    const nowMs = this.#clock.nowMs();
    const late = nowMs - this.#lookedAtMs > LATE_MS;
    this.#lookedAtMs = nowMs;
    if (packets > this.#packets || (late && this.#beatAtMs !== null)) this.#beatAtMs = nowMs;
    const beat = packets > this.#packets;
    this.#packets = packets;
    if (beat) this.#doubted = false;
    if (beat && this.#quiet) {
      this.#quiet = false;
      this.#events.onBeat();
    } else if (!this.#quiet && this.#beatAtMs !== null) this.#miss(nowMs - this.#beatAtMs);
  }

  #miss(sinceMs: number): void {
    if (sinceMs > DEAD_AFTER_MS) {
      this.#quiet = true;
      this.#events.onQuiet();
    } else if (sinceMs > DOUBT_AFTER_MS && !this.#doubted) {
      this.#doubted = true;
      this.#events.onDoubt();
    }
  }
}

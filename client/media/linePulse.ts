import type { Clock, TimerHandle } from '../../shared/clock.ts';

/** The server sends something each 200 ms while the assistant is silent: two of them are missing, and late. */
const DOUBT_AFTER_MS = 500;
/** While it talks, fifteen packets are. */
const TALK_DOUBT_AFTER_MS = 300;
/** That many in one look are speech. */
const TALK_PACKETS = 4;
/** A network that only stumbles is back sooner. */
const DEAD_AFTER_MS = 1_400;
const LOOK_MS = 150;
/** As soon as something is missing. */
const CLOSER_LOOK_MS = 50;
/** Timers of a page in the background are late; then nothing is known of the time between. */
const LATE_MS = 3_000;

/** Packets received so far, and how long ago the last one came: null where the browser does not tell. */
export type Arrivals = { packets: number; ageMs: number | null };

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
  readonly #arrivals: () => Promise<Arrivals>;
  readonly #events: PulseEvents;
  #timer: TimerHandle | null = null;
  #packets = 0;
  #beatAtMs: number | null = null;
  #lookedAtMs: number;
  /** Packets of this look and of the one before: the last one may have been cut short. */
  #came = [0, 0];
  #state: 'alive' | 'doubted' | 'quiet' = 'quiet';
  #closed = false;

  constructor(clock: Clock, arrivals: () => Promise<Arrivals>, events: PulseEvents) {
    this.#clock = clock;
    this.#arrivals = arrivals;
    this.#events = events;
    this.#lookedAtMs = clock.nowMs();
    this.#lookAgain(LOOK_MS);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  /** Looks now, instead of when it is time, and tells; resolves with whether something may be missing. */
  async look(): Promise<boolean> {
    return await this.#look().catch(() => false);
  }

  #lookAgain(inMs: number): void {
    if (this.#closed) return;
    this.#timer = this.#clock.after(inMs, async () => {
      this.#lookAgain((await this.look()) ? CLOSER_LOOK_MS : LOOK_MS);
    });
  }

  async #look(): Promise<boolean> {
    const { packets, ageMs } = await this.#arrivals();
    const came = packets - this.#packets;
    const nowMs = this.#clock.nowMs();
    const late = nowMs - this.#lookedAtMs > LATE_MS;
    this.#lookedAtMs = nowMs;
    this.#packets = packets;
    if (late && this.#beatAtMs !== null) this.#beatAtMs = nowMs;
    else if (came > 0) this.#beatAtMs = nowMs - (ageMs ?? 0);
    if (this.#closed) return false;
    if (came > 0) {
      this.#came = [came, this.#came[0] ?? 0];
      if (this.#state !== 'alive') this.#events.onBeat();
      this.#state = 'alive';
    } else if (this.#beatAtMs !== null) this.#miss(nowMs - this.#beatAtMs);
    return this.#state === 'alive' && nowMs - (this.#beatAtMs ?? nowMs) >= CLOSER_LOOK_MS;
  }

  #miss(sinceMs: number): void {
    if (this.#state !== 'quiet' && sinceMs > DEAD_AFTER_MS) {
      this.#state = 'quiet';
      this.#events.onQuiet();
    } else if (this.#state === 'alive' && sinceMs > this.#doubtAfterMs) {
      this.#state = 'doubted';
      this.#events.onDoubt();
    }
  }

  get #doubtAfterMs(): number {
    return Math.max(...this.#came) >= TALK_PACKETS ? TALK_DOUBT_AFTER_MS : DOUBT_AFTER_MS;
  }
}

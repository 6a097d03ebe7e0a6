import type { Clock, TimerHandle } from '../../shared/clock.ts';
import type { EndReason } from '../../shared/events.ts';

/** A call that nobody answers, attends or connects again within these ends. */
export const LIMITS_MS = {
  answer: 60_000,
  // A tunnel, a lift, another network: two minutes without a line are not the end of a call.
  unattended: 150_000,
  // Nothing was said in it yet, and it must not keep a place from others.
  unanswered: 10_000,
  reconnect: 150_000,
  length: 60 * 60_000,
} as const;

/** Named limits of a call; one that is reached ends it. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #onReached: (reason: EndReason) => void;
  readonly #timers = new Map<string, TimerHandle>();

  constructor(clock: Clock, onReached: (reason: EndReason) => void) {
    this.#clock = clock;
    this.#onReached = onReached;
  }

  /** Set again, it starts anew. */
  set(name: string, delayMs: number, reason: EndReason): void {
    this.clear(name);
    this.#timers.set(
      name,
      this.#clock.after(delayMs, () => this.#onReached(reason)),
    );
  }

  clear(name: string): void {
    this.#timers.get(name)?.cancel();
    this.#timers.delete(name);
  }

  close(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}

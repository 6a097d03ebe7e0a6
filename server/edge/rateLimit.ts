import type { Clock } from '../../shared/clock.ts';

/** A token bucket: `burst` at once, `perSecond` in the long run. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #burst: number;
  readonly #perSecond: number;
  #tokens: number;
  #refilledMs: number;

  constructor(clock: Clock, burst: number, perSecond: number) {
    this.#clock = clock;
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#tokens = burst;
    this.#refilledMs = clock.nowMs();
  }

  take(): boolean {
    const now = this.#clock.nowMs();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#refilledMs) / 1000) * this.#perSecond);
    this.#refilledMs = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

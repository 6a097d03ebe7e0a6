import type { Clock } from '../../shared/clock.ts';

/** What waited in a connection that stood still comes at once; a sender who is that far ahead of time is not one of them. */
const MOST_AHEAD_MS = 10_000;

/** How far a sender's sound is ahead of real time: each second of it costs us work, whenever it comes. */
export class MediaBudget {
  readonly #clock: Clock;
  #aheadMs = 0;
  #atMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#atMs = clock.nowMs();
  }

  /** So much sound was passed on. */
  spend(ms: number): void {
    const nowMs = this.#clock.nowMs();
    this.#aheadMs = Math.max(0, this.#aheadMs - (nowMs - this.#atMs)) + ms;
    this.#atMs = nowMs;
  }

  /** Nothing more is taken for now. */
  get spent(): boolean {
    return this.#aheadMs - (this.#clock.nowMs() - this.#atMs) > MOST_AHEAD_MS;
  }
}

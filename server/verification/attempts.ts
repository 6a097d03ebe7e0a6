import { LRUCache } from 'lru-cache';
import type { Clock } from '../../shared/clock.ts';

const WINDOW_MS = 60 * 60_000;
/** Wrong codes and answers within the window after which nothing more is tried. */
const MOST_FAILURES = 5;
/** Codes that are sent within the window: more would be a way to pester somebody. */
const MOST_CODES = 4;
const MOST_KEPT = 50_000;

type Moments = { failures: number[]; codes: number[] };

/** Wrong answers and sent codes by customer, over all sessions and channels of this server. */
export class Attempts {
  readonly #clock: Clock;
  readonly #moments = new LRUCache<string, Moments>({ max: MOST_KEPT });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  failed(customer: string): void {
    this.#of(customer).failures.push(this.#clock.nowMs());
  }

  codeSent(customer: string): void {
    this.#of(customer).codes.push(this.#clock.nowMs());
  }

  failures(customer: string): number {
    return this.#of(customer).failures.length;
  }

  /** Whether nothing more may be tried for this customer within the hour. */
  exhausted(customer: string): boolean {
    return this.failures(customer) >= MOST_FAILURES;
  }

  maySendCode(customer: string): boolean {
    return !this.exhausted(customer) && this.#of(customer).codes.length < MOST_CODES;
  }

  #of(customer: string): Moments {
    const since = this.#clock.nowMs() - WINDOW_MS;
    const { failures, codes } = this.#moments.get(customer) ?? { failures: [], codes: [] };
    const recent = {
      failures: failures.filter((atMs) => atMs > since),
      codes: codes.filter((atMs) => atMs > since),
    };
    this.#moments.set(customer, recent);
    return recent;
  }
}

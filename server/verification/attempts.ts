import { LRUCache } from 'lru-cache';
import type { Clock } from '../../shared/clock.ts';

const WINDOW_MS = 60 * 60_000;
/** Wrong codes and answers within the window after which nothing more is tried. */
const MOST_FAILURES = 5;
/** Codes that are sent within the window: more would be a way to pester somebody. */
const MOST_CODES = 4;
const MOST_KEPT = 50_000;

/** A wrong answer, or a code that was sent. */
export type Attempt = 'failure' | 'code';

type Moments = Record<Attempt, number[]>;

/** Wrong answers and sent codes by customer, over all sessions and channels, of every server that tells. */
export class Attempts {
  readonly #clock: Clock;
  readonly #moments = new LRUCache<string, Moments>({ max: MOST_KEPT });
  readonly #tell: (customer: string, attempt: Attempt) => void;

  /** `tell`: what is counted here counts on the other servers, too. */
  constructor(clock: Clock, tell: (customer: string, attempt: Attempt) => void = () => {}) {
    this.#clock = clock;
    this.#tell = tell;
  }

  failed(customer: string): void {
    this.count(customer, 'failure');
    this.#tell(customer, 'failure');
  }

  codeSent(customer: string): void {
    this.count(customer, 'code');
    this.#tell(customer, 'code');
  }

  /** Told of by another server. */
  count(customer: string, attempt: Attempt): void {
    this.#of(customer)[attempt].push(this.#clock.nowMs());
  }

  failures(customer: string): number {
    return this.#of(customer).failure.length;
  }

  /** Whether nothing more may be tried for this customer within the hour. */
  exhausted(customer: string): boolean {
    return this.failures(customer) >= MOST_FAILURES;
  }

  maySendCode(customer: string): boolean {
    return !this.exhausted(customer) && this.#of(customer).code.length < MOST_CODES;
  }

  #of(customer: string): Moments {
    const since = this.#clock.nowMs() - WINDOW_MS;
    const { failure, code } = this.#moments.get(customer) ?? { failure: [], code: [] };
    const recent = {
      failure: failure.filter((atMs) => atMs > since),
      code: code.filter((atMs) => atMs > since),
    };
    this.#moments.set(customer, recent);
    return recent;
  }
}

import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';

const CODE_DIGITS = 6;
const LIFE_MS = 10 * 60_000;
/** Wrong tries after which a code is void: one in 333,000 to guess it. */
const TRIES = 3;

type Issued = { hash: Buffer; untilMs: number; triesLeft: number };

/** One code that was sent to a customer; asked for once, it is good for one right answer. */
export class OneTimeCode {
  readonly #clock: Clock;
  #issued: Issued | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether a code is out that can still be answered. */
  get pending(): boolean {
    return this.#issued !== null && this.#issued.triesLeft > 0 && this.#clock.nowMs() < this.#issued.untilMs;
  }

  /** A fresh code, which voids the one before. Only its hash is kept. */
  issue(): string {
    const code = String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');
    this.#issued = { hash: hashOf(code), untilMs: this.#clock.nowMs() + LIFE_MS, triesLeft: TRIES };
    return code;
  }

  /** The code is good for nothing any more. */
  withdraw(): void {
    this.#issued = null;
  }

  check(answer: string): 'right' | 'wrong' | 'void' {
    if (!this.#issued || !this.pending) return 'void';
    if (timingSafeEqual(hashOf(answer.replaceAll(/\D/g, '')), this.#issued.hash)) {
      this.#issued = null;
      return 'right';
    }
    this.#issued.triesLeft -= 1;
    return 'wrong';
  }
}

function hashOf(code: string): Buffer {
  return createHash('sha256').update(code).digest();
}

import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';

const CODE_DIGITS = 6;
const LIFE_MS = 10 * 60_000;
/** Wrong tries after which a code is void: one in 333,000 to guess it. */
const TRIES = 3;

type Issued = { hash: Buffer; untilMs: number; triesLeft: number };

/** A code that is out, for another process that has the same key. */
export type CodeSnapshot = {
  hash: string;
  /** Milliseconds since the epoch. */
  untilMs: number;
  triesLeft: number;
};

/** One code that was sent to a customer; asked for once, it is good for one right answer. */
export class OneTimeCode {
  readonly #clock: Clock;
  readonly #key: Uint8Array;
  #issued: Issued | null = null;

  /** `key`: six digits are guessed from a plain hash of theirs. */
  constructor(clock: Clock, key: Uint8Array = randomBytes(32)) {
    this.#clock = clock;
    this.#key = key;
  }

  /** Whether a code is out that can still be answered. */
  get pending(): boolean {
    return this.#issued !== null && this.#issued.triesLeft > 0 && this.#clock.nowMs() < this.#issued.untilMs;
  }

  /** A fresh code, which voids the one before. Only its hash is kept. */
  issue(): string {
    const code = String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');
    this.#issued = { hash: this.#hashOf(code), untilMs: this.#clock.nowMs() + LIFE_MS, triesLeft: TRIES };
    return code;
  }

  /** The code is good for nothing any more. */
  withdraw(): void {
    this.#issued = null;
  }

  check(answer: string): 'right' | 'wrong' | 'void' {
    if (!this.#issued || !this.pending) return 'void';
    if (timingSafeEqual(this.#hashOf(answer.replaceAll(/\D/g, '')), this.#issued.hash)) {
      this.#issued = null;
      return 'right';
    }
    this.#issued.triesLeft -= 1;
    return 'wrong';
  }

  /** Null when none is out. */
  snapshot(): CodeSnapshot | null {
    if (!this.#issued || !this.pending) return null;
    const { hash, untilMs, triesLeft } = this.#issued;
    return { hash: hash.toString('hex'), untilMs: untilMs + this.#epochOffset(), triesLeft };
  }

  restore({ hash, untilMs, triesLeft }: CodeSnapshot): void {
    const lifeMs = Math.min(LIFE_MS, untilMs - this.#clock.epochMs());
    this.#issued = { hash: Buffer.from(hash, 'hex'), untilMs: this.#clock.nowMs() + lifeMs, triesLeft };
  }

  #epochOffset(): number {
    return this.#clock.epochMs() - this.#clock.nowMs();
  }

  #hashOf(code: string): Buffer {
    return createHmac('sha256', this.#key).update(code).digest();
  }
}

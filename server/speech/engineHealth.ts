import type { Clock } from '../../shared/clock.ts';

/** Failures in a row after which an engine is left alone. */
const MOST_FAILURES = 3;
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 60_000;
/** Failures so close together have one cause. */
const SAME_FAILURE_MS = 250;

/** A circuit breaker: an engine that keeps failing is left alone for a while, which doubles with each trial that fails. */
export class EngineHealth {
  readonly #clock: Clock;
  #failures = 0;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #restMs = FIRST_REST_MS;
  #restsUntilMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether it may be asked: it works, or it is time to try. */
  get usable(): boolean {
    return this.#clock.nowMs() >= this.#restsUntilMs;
  }

  worked(): void {
    this.#failures = 0;
    this.#restMs = FIRST_REST_MS;
  }

  failed(): void {
    const nowMs = this.#clock.nowMs();
    // What was asked before it was left alone proves nothing more, either.
    if (!this.usable || nowMs - this.#failedAtMs < SAME_FAILURE_MS) return;
    this.#failedAtMs = nowMs;
    this.#failures += 1;
    if (this.#failures < MOST_FAILURES) return;
    this.#restsUntilMs = nowMs + this.#restMs;
    this.#restMs = Math.min(LONGEST_REST_MS, this.#restMs * 2);
  }
}

/** An engine of a list with its health; `Trouble` is told what went wrong with which, for the operator. */
export type Watched<Engine> = { engine: Engine; health: EngineHealth };
export type Trouble = (engine: string, error: Error) => void;

export function watched<Engine>(engines: readonly Engine[], clock: Clock): Watched<Engine>[] {
  return engines.map((engine) => ({ engine, health: new EngineHealth(clock) }));
}

import type { Clock } from '../../shared/clock.ts';

/** A word that ended so shortly before the line broke may have gone on. */
const CUT_WORD_MS = 500;
/** Nobody writes a message in less: what comes so soon after the sound is back was written before. */
const WRITING_MS = 2_000;

/** Whether nothing reaches the caller and nothing comes from them, and whether words of theirs were lost with the line. */
export class CutOff {
  readonly #clock: Clock;
  #now = false;
  #missedWords = false;
  #talks = false;
  #endedAtMs = Number.NEGATIVE_INFINITY;
  #talkedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get now(): boolean {
    return this.#now;
  }

  /** Whether a message that comes now was written while they heard nothing. */
  get writesUnaware(): boolean {
    return this.#now || this.#clock.nowMs() - this.#endedAtMs < WRITING_MS;
  }

  callerTalks(active: boolean, sinceMs: number): void {
    this.#talks = active;
    if (!active) this.#talkedUntilMs = this.#clock.nowMs() - sinceMs;
  }

  /** The line broke `sinceMs` ago. */
  begin(sinceMs: number): void {
    this.#now = true;
    const lostAtMs = this.#clock.nowMs() - sinceMs;
    this.#missedWords = this.#talks || lostAtMs - this.#talkedUntilMs < CUT_WORD_MS;
  }

  /** True, once, when the caller spoke as it broke. */
  missedWords(): boolean {
    const missed = this.#missedWords;
    this.#missedWords = false;
    return missed;
  }

  /** It is there again. */
  end(): void {
    this.#now = false;
    this.#endedAtMs = this.#clock.nowMs();
  }
}

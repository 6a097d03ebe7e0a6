const STEP_MS = 150;
const MOST_MS = 450;
const DECAY = 0.8;
/** Weights of a fresh pause in the running mean and deviation (Jacobson 1988, for times that vary). */
const MEAN_GAIN = 1 / 4;
const DEVIATION_GAIN = 1 / 4;
/** Pauses up to here are waited for anyway. */
const USUAL_PAUSE_MS = 450;
const FEWEST_PAUSES = 2;
const MOST_FOR_PAUSES_MS = 300;

/**
 * How much longer this caller is waited for: more after each turn that was taken too early and when their own pauses
 * inside turns are long, less after each good one.
 */
export class Patience {
  #cutOffMs = 0;
  #meanMs = 0;
  #deviationMs = 0;
  #pauses = 0;
  /** Turns without a pause make what is known of pauses count for less. */
  #weight = 1;

  get ms(): number {
    return Math.round(Math.min(MOST_MS, this.#cutOffMs + this.#forPausesMs()));
  }

  /** The caller went on in the same turn after so much silence. */
  paused(silenceMs: number): void {
    this.#weight = 1;
    this.#pauses += 1;
    if (this.#pauses === 1) {
      this.#meanMs = silenceMs;
      return;
    }
    const error = silenceMs - this.#meanMs;
    this.#meanMs += MEAN_GAIN * error;
    this.#deviationMs += DEVIATION_GAIN * (Math.abs(error) - this.#deviationMs);
  }

  /** The caller went on right after the turn was taken, after so much silence in all. */
  cutOff(silenceMs: number): void {
    this.paused(silenceMs);
    this.#cutOffMs = Math.min(MOST_MS, this.#cutOffMs + STEP_MS);
  }

  wellTaken(): void {
    this.#cutOffMs *= DECAY;
    this.#weight *= DECAY;
  }

  #forPausesMs(): number {
    if (this.#pauses < FEWEST_PAUSES) return 0;
    const longMs = this.#meanMs + this.#deviationMs - USUAL_PAUSE_MS;
    return this.#weight * Math.max(0, Math.min(MOST_FOR_PAUSES_MS, longMs));
  }
}

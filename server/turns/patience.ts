const STEP_MS = 150;
const MOST_MS = 450;
const DECAY = 0.8;

/** How much longer this caller is waited for: more after each turn that was taken too early, less after each good one. */
export class Patience {
  #ms = 0;

  get ms(): number {
    return Math.round(this.#ms);
  }

  /** The caller went on right after the turn was taken. */
  cutOff(): void {
    this.#ms = Math.min(MOST_MS, this.#ms + STEP_MS);
  }

  wellTaken(): void {
    this.#ms *= DECAY;
  }
}

/** Windows of 32 ms: a moment of exact silence is not yet a microphone that is switched off. */
const FIRST_PATIENCE = 125;
const MOST_PATIENCE = 2_000;

/**
 * Notices a microphone that gives exact silence, as one does that is switched off at the headset: even a quiet room has
 * noise. Some devices are exactly silent between words; each time that sound comes back, more patience is needed.
 */
export class DeadInput {
  #patience = FIRST_PATIENCE;
  #silentWindows = 0;
  #dead = false;

  /** Whether the input is dead, when that has changed with this window of samples; else null. */
  update(window: Float32Array): boolean | null {
    if (window.every((sample) => sample === 0)) {
      this.#silentWindows += 1;
      if (this.#dead || this.#silentWindows < this.#patience) return null;
      this.#dead = true;
      return true;
    }
    this.#silentWindows = 0;
    if (!this.#dead) return null;
    this.#dead = false;
    this.#patience = Math.min(MOST_PATIENCE, 2 * this.#patience);
    return false;
  }
}

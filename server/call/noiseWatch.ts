import type { Clock } from '../../shared/clock.ts';

/** So many sounds without a word, one after the other within this time, are the line's and not the caller's. */
const SOUNDS = 4;
const WITHIN_MS = 30_000;

/** Notices a line on which noise is taken for speech; told once a call. */
export class NoiseWatch {
  readonly #clock: Clock;
  readonly #onNoisy: () => void;
  #soundsMs: number[] = [];
  #told = false;

  constructor(clock: Clock, onNoisy: () => void) {
    this.#clock = clock;
    this.#onNoisy = onNoisy;
  }

  /** The caller has said something. */
  words(): void {
    this.#soundsMs = [];
  }

  /** Something sounded like speech and had no words. True when it has just been told that the line is noisy. */
  wordless(): boolean {
    const nowMs = this.#clock.nowMs();
    this.#soundsMs = [...this.#soundsMs, nowMs].slice(-SOUNDS);
    const [first = nowMs] = this.#soundsMs;
    if (this.#told || this.#soundsMs.length < SOUNDS || nowMs - first > WITHIN_MS) return false;
    this.#told = true;
    this.#onNoisy();
    return true;
  }
}

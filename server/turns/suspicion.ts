import { ON, WINDOW_MS } from './speechGate.ts';

/**
 * Where speech may begin: consonants without voice get so much of Silero long before the vowel is surely speech. Over
 * 1550 beginnings by ten voices the slowest twentieth is found 30 to 80 ms sooner than with 0.5, and noise, knocks,
 * coughs and the room of 16 recordings (10 minutes in all) get as much no more often.
 */
export const PERHAPS = 0.2;
/** The closure between the s and the vowel of "stop" is shorter. */
const FORGET_WINDOWS = 5;
/** What has not become surely speech by then will not. */
const LONGEST_MS = 10 * WINDOW_MS;

/** A first sign of speech: comes with one window, and goes when nothing follows. */
export class Suspicion {
  #ageMs: number | null = null;
  #quietWindows = FORGET_WINDOWS;
  /** After one that came to nothing only what surely sounds like speech counts, until it has been quiet. */
  #spent = false;

  get awake(): boolean {
    return this.#ageMs !== null;
  }

  /** A window that may be the caller's by what it sounds like (`hisses`: as an s), or that is `elsewhere`: too quiet for it. */
  push(probability: number, { hisses = false, elsewhere = false } = {}): 'begins' | 'ends' | null {
    this.#quietWindows = probability >= PERHAPS || hisses ? 0 : this.#quietWindows + 1;
    const quiet = this.#quietWindows >= FORGET_WINDOWS;
    if (quiet) this.#spent = false;
    if (this.#ageMs === null) {
      if (this.#quietWindows > 0 || elsewhere || (this.#spent && probability < ON)) return null;
      this.#ageMs = 0;
      return 'begins';
    }
    this.#ageMs += WINDOW_MS;
    if (!quiet && this.#ageMs < LONGEST_MS) return null;
    this.#ageMs = null;
    this.#spent = !quiet;
    return 'ends';
  }

  /** It was speech, or nobody is spoken over: what sounds now is no new beginning. */
  settle(): void {
    this.#ageMs = null;
    this.#spent = true;
    this.#quietWindows = 0;
  }
}

import type { Clock } from '../../shared/clock.ts';
import type { Reception } from '../turns/lineQuality.ts';

/** So many sounds without a word, one after the other within this time, are the line's and not the caller's. */
const SOUNDS = 4;
const WITHIN_MS = 30_000;

/** Speech so little over the noise is hard to recognise; so many utterances in a row are no passing car. */
const NOISY_SNR_DB = 8;
const UTTERANCES = 3;

/** Notices a line on which noise is taken for speech, or nearly covers it; told once a call. A quiet caller is no noise. */
export class NoiseWatch {
  readonly #clock: Clock;
  #soundsMs: number[] = [];
  #noisy = 0;
  #told = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An utterance is over, and was long enough to tell how it was heard. */
  utterance({ snrDb }: Reception): void {
    this.#noisy = snrDb < NOISY_SNR_DB ? this.#noisy + 1 : 0;
  }

  /** The caller has said something. True when it is time to tell that the line is noisy. */
  words(): boolean {
    this.#soundsMs = [];
    return this.#noisy >= UTTERANCES && this.#tell();
  }

  /** Something sounded like speech and had no words. True when it is time to tell that the line is noisy. */
  wordless(): boolean {
    const nowMs = this.#clock.nowMs();
    this.#soundsMs = [...this.#soundsMs, nowMs].slice(-SOUNDS);
    const [first = nowMs] = this.#soundsMs;
    return this.#soundsMs.length === SOUNDS && nowMs - first <= WITHIN_MS && this.#tell();
  }

  #tell(): boolean {
    const first = !this.#told;
    this.#told = true;
    return first;
  }
}

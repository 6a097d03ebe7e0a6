/** How the caller is heard; levels in dBFS (RMS). */
export type Reception = {
  /** The caller's own level, the line's noise taken off. */
  levelDb: number;
  /** How far that is over the noise. */
  snrDb: number;
};

/** A window that is surely speech, and one that surely is none. */
const SPEECH = 0.8;
const NONE = 0.2;
/** So much of the last noise counts with each quiet window: half of it is forgotten in 0.7 s. */
const KEEP_NOISE = 0.97;
/** Shorter utterances (0.26 s of sure speech) tell little of a level. */
const FEWEST_WINDOWS = 8;
/** The quietest of the last 3 s is noise even where no window is quiet, as among voices. */
const SEARCHED_WINDOWS = 94;
/** The minimum of smoothed power lies under its mean (R. Martin 2001, "Noise power spectral density estimation"). */
const SMOOTH = 0.7;
const MINIMUM_BIAS = 1.5;
/** Power of −96 dBFS: the step of 16-bit samples. */
const LEAST = 10 ** -9.6;

const db = (power: number): number => 10 * Math.log10(Math.max(power, LEAST));

/**
 * Level of the caller and of the line's noise, from windows with their probability of speech. Noise is the running mean
 * power N of quiet windows, at least what minimum statistics find; the speech of an utterance is the mean power S of
 * its sure windows. SNR = 10 log10((S − N) / N), since S holds the noise, too.
 */
export class LineQuality {
  #noise: number | null = null;
  #smoothed: number | null = null;
  readonly #recent: number[] = [];
  #sum = 0;
  #windows = 0;

  push(pcm16k: Float32Array, probability: number): void {
    let sum = 0;
    for (let at = 0; at < pcm16k.length; at += 1) sum += (pcm16k[at] as number) ** 2;
    const power = Math.max(sum / pcm16k.length, LEAST);
    this.#smoothed = this.#smoothed === null ? power : SMOOTH * this.#smoothed + (1 - SMOOTH) * power;
    this.#recent.push(this.#smoothed);
    if (this.#recent.length > SEARCHED_WINDOWS) this.#recent.shift();
    if (probability < NONE) {
      this.#noise = this.#noise === null ? power : KEEP_NOISE * this.#noise + (1 - KEEP_NOISE) * power;
    } else if (probability >= SPEECH) {
      this.#sum += power;
      this.#windows += 1;
    }
  }

  /** The utterance that is over; null when it was too short to tell. */
  utterance(): Reception | null {
    const speech = this.#sum / this.#windows;
    const enough = this.#windows >= FEWEST_WINDOWS;
    this.#sum = 0;
    this.#windows = 0;
    if (!enough) return null;
    const quietest = this.#recent.length < SEARCHED_WINDOWS ? 0 : Math.min(...this.#recent) * MINIMUM_BIAS;
    const noise = Math.max(this.#noise ?? 0, quietest, LEAST);
    const voice = Math.max(speech - noise, LEAST);
    return { levelDb: Math.round(db(voice)), snrDb: Math.round(db(voice) - db(noise)) };
  }
}

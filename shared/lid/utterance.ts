/**
 * When the speech of one utterance is worth judging. Seconds of speech; measured on real recordings: the model is right
 * in four windows of five at 2 s and in nearly all at 5 s, for which it was made.
 */
const RATE_HZ = 16_000;
const MOST_SAMPLES = 5 * RATE_HZ;
const FIRST_SAMPLES = 3 * RATE_HZ;
const STEP_SAMPLES = RATE_HZ;
/** Beyond a whole window, half of it is fresh each time, and a long monologue has said it after this. */
const SLIDE_SAMPLES = 2.5 * RATE_HZ;
const LAST_SAMPLES = 10 * RATE_HZ;
/** At the end of an utterance less is taken, for there will not be more; but not twice nearly the same. */
const LEAST_SAMPLES = 2 * RATE_HZ;
const FRESH_SAMPLES = 0.5 * RATE_HZ;
/** Sound around speech that belongs to it: the model knows speech with its pauses. */
const PRE_ROLL_MS = 200;
const HANG_MS = 400;
/** Silence after which the next speech is another utterance. */
const APART_MS = 1_200;

/** What is to be judged: `seconds` of speech, `ended` when there will not be more of this utterance. */
export type Listened = { pcm16k: Float32Array; seconds: number; ended: boolean };

export type UtteranceEvents = {
  onBegin: () => void;
  onListened: (listened: Listened) => void;
};

/** Collects the speech of the running utterance out of a stream, silences left out, and says when to judge it. */
export class Utterance {
  readonly #events: UtteranceEvents;
  readonly #ring = new Float32Array(MOST_SAMPLES);
  #preRoll: Float32Array[] = [];
  #preRollSamples = 0;
  #collected = 0;
  #judgedAt = 0;
  #silentSamples = Number.POSITIVE_INFINITY;
  #open = false;

  constructor(events: UtteranceEvents) {
    this.#events = events;
  }

  /** A piece of some 20 to 40 ms at 16 kHz, in order; the samples are copied. */
  push(pcm16k: Float32Array, speech: boolean): void {
    if (speech) {
      if (!this.#open) this.#begin();
      this.#silentSamples = 0;
      for (const earlier of this.#preRoll) this.#collect(earlier);
      this.#preRoll = [];
      this.#preRollSamples = 0;
      this.#collect(pcm16k);
      this.#judgeWhenDue();
      return;
    }
    this.#silentSamples += pcm16k.length;
    const silentMs = (this.#silentSamples / RATE_HZ) * 1000;
    if (this.#open && silentMs <= HANG_MS) this.#collect(pcm16k);
    else this.#remember(pcm16k);
    if (this.#open && silentMs >= APART_MS) this.end();
  }

  /** The utterance is over: what it has not been judged by yet is judged now. */
  end(): void {
    if (!this.#open) return;
    this.#open = false;
    if (this.#collected >= LEAST_SAMPLES && this.#collected - this.#judgedAt >= FRESH_SAMPLES)
      this.#judge(true);
  }

  #begin(): void {
    this.#open = true;
    this.#collected = 0;
    this.#judgedAt = 0;
    this.#events.onBegin();
  }

  #remember(pcm16k: Float32Array): void {
    this.#preRoll.push(pcm16k.slice());
    this.#preRollSamples += pcm16k.length;
    while (this.#preRollSamples - (this.#preRoll[0]?.length ?? 0) >= (PRE_ROLL_MS / 1000) * RATE_HZ) {
      this.#preRollSamples -= this.#preRoll.shift()?.length ?? 0;
    }
  }

  #collect(pcm16k: Float32Array): void {
    const at = this.#collected % MOST_SAMPLES;
    const first = Math.min(pcm16k.length, MOST_SAMPLES - at);
    this.#ring.set(pcm16k.subarray(0, first), at);
    this.#ring.set(pcm16k.subarray(first), 0);
    this.#collected += pcm16k.length;
  }

  #judgeWhenDue(): void {
    if (this.#collected < FIRST_SAMPLES || this.#judgedAt >= LAST_SAMPLES) return;
    const step = this.#collected <= MOST_SAMPLES + STEP_SAMPLES ? STEP_SAMPLES : SLIDE_SAMPLES;
    if (this.#judgedAt === 0 || this.#collected - this.#judgedAt >= step) this.#judge(false);
  }

  #judge(ended: boolean): void {
    this.#judgedAt = this.#collected;
    const length = Math.min(this.#collected, MOST_SAMPLES);
    const pcm16k = new Float32Array(length);
    const from = (this.#collected - length) % MOST_SAMPLES;
    const first = Math.min(length, MOST_SAMPLES - from);
    pcm16k.set(this.#ring.subarray(from, from + first));
    pcm16k.set(this.#ring.subarray(0, length - first), first);
    this.#events.onListened({ pcm16k, seconds: length / RATE_HZ, ended });
  }
}

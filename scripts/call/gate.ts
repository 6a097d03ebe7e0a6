import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import { Emitter } from '../../shared/emitter.ts';

/** 5 ms: short enough to date a sound, long enough for a mean. */
const WINDOW_SAMPLES = SPEECH_RATE_HZ / 200;
const WINDOW_MS = (WINDOW_SAMPLES / SPEECH_RATE_HZ) * 1000;
/** −45 dBFS: well under quiet speech, well over comfort noise and the codec's own hiss. */
const AUDIBLE_RMS = 10 ** (-45 / 20);
/** A sound is at least two windows long; one alone is a click. */
const ONSET_WINDOWS = 2;

/** From the first to the last audible moment, in the time of the pushed samples. */
export type Sound = { fromMs: number; toMs: number };

/**
 * Finds when audio is audible. Times are those of the samples, told by the pusher; silence is noticed when
 * `hangMs` of it have passed, also by `tick` when no samples come at all.
 */
export class EnergyGate extends Emitter<{ start: [atMs: number]; end: [sound: Sound] }> {
  readonly #hangMs: number;
  #sound: Sound | null = null;
  #loudWindows = 0;

  constructor(hangMs: number) {
    super();
    this.#hangMs = hangMs;
  }

  /** The running sound, or null in silence. */
  get sound(): Readonly<Sound> | null {
    return this.#sound;
  }

  /** Samples of which the first is heard at `atMs`; a rest shorter than a window is not judged. */
  push(pcm16k: Float32Array, atMs: number): void {
    for (let at = 0; at + WINDOW_SAMPLES <= pcm16k.length; at += WINDOW_SAMPLES) {
      const toMs = atMs + (at / SPEECH_RATE_HZ) * 1000 + WINDOW_MS;
      const loud = rms(pcm16k.subarray(at, at + WINDOW_SAMPLES)) > AUDIBLE_RMS;
      this.#judge(loud, toMs);
    }
  }

  /** Time passes without samples. */
  tick(nowMs: number): void {
    if (!this.#sound || nowMs - this.#sound.toMs < this.#hangMs) return;
    const ended = this.#sound;
    this.#sound = null;
    this.#loudWindows = 0;
    this.emit('end', ended);
  }

  #judge(loud: boolean, toMs: number): void {
    this.#loudWindows = loud ? this.#loudWindows + 1 : 0;
    if (!loud) {
      this.tick(toMs);
    } else if (this.#sound) {
      this.#sound.toMs = toMs;
    } else if (this.#loudWindows >= ONSET_WINDOWS) {
      const startMs = toMs - ONSET_WINDOWS * WINDOW_MS;
      this.#sound = { fromMs: startMs, toMs };
      this.emit('start', startMs);
    }
  }
}

/** First and last audible moment of a whole clip, in ms from its start; null when it is silent throughout. */
export function audiblePart(pcm16k: Float32Array): Sound | null {
  const gate = new EnergyGate(Number.POSITIVE_INFINITY);
  gate.push(pcm16k, 0);
  return gate.sound && { ...gate.sound };
}

export function rms(samples: Float32Array): number {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  return Math.sqrt(energy / Math.max(1, samples.length));
}

import { SPEECH_RATE_HZ } from '../../shared/audio.ts';

/** Pitch of voices is looked for at 4 kHz: what is cut off above 2 kHz tells nothing of it. */
const DECIMATION = 4;
const RATE_HZ = SPEECH_RATE_HZ / DECIMATION;
const LOWEST_HZ = 70;
const HIGHEST_HZ = 400;
const LONGEST_LAG = Math.floor(RATE_HZ / LOWEST_HZ);
const SHORTEST_LAG = Math.floor(RATE_HZ / HIGHEST_HZ);
/** Of two windows together, 64 ms, so that the lowest voices have four periods in it. */
const KEPT_SAMPLES = (2 * 512) / DECIMATION;
/** How alike a period and the next are in voiced sound (Boersma 1993 takes 0.45 of a normalised autocorrelation). */
const VOICED = 0.5;
/** An octave below is as alike: the shortest lag that is nearly as good is taken. */
const NEARLY = 0.87;

/** Pitch of consecutive windows by normalised autocorrelation (Boersma 1993; de Cheveigné & Kawahara 2002). */
export class PitchTracker {
  readonly #samples = new Float32Array(KEPT_SAMPLES);
  readonly #likeness = new Float32Array(LONGEST_LAG + 2);

  push(pcm16k: Float32Array): void {
    const fresh = pcm16k.length / DECIMATION;
    const kept = this.#samples;
    kept.copyWithin(0, fresh);
    for (let at = 0; at < fresh; at += 1) {
      let sum = 0;
      for (let each = 0; each < DECIMATION; each += 1) sum += pcm16k[at * DECIMATION + each] as number;
      kept[KEPT_SAMPLES - fresh + at] = sum / DECIMATION;
    }
  }

  /** In Hz at the end of the last window, 0 where there is no voice. About 40 µs. */
  hz(): number {
    const likeness = this.#likeness;
    let best = 0;
    for (let lag = SHORTEST_LAG - 1; lag <= LONGEST_LAG + 1; lag += 1) {
      likeness[lag] = this.#likenessAt(lag);
      if (lag >= SHORTEST_LAG && lag <= LONGEST_LAG) best = Math.max(best, likeness[lag] as number);
    }
    if (best < VOICED) return 0;
    for (let lag = SHORTEST_LAG; lag <= LONGEST_LAG; lag += 1) {
      const [before, here, after] = [likeness[lag - 1], likeness[lag], likeness[lag + 1]] as [
        number,
        number,
        number,
      ];
      if (here < NEARLY * best || here < before || here < after) continue;
      const bend = before - 2 * here + after;
      return RATE_HZ / (lag + (bend < 0 ? (0.5 * (before - after)) / bend : 0));
    }
    return 0;
  }

  #likenessAt(lag: number): number {
    const samples = this.#samples;
    let product = 0;
    let early = 1e-9;
    let late = 1e-9;
    for (let at = lag; at < KEPT_SAMPLES; at += 1) {
      const one = samples[at - lag] as number;
      const other = samples[at] as number;
      product += one * other;
      early += one * one;
      late += other * other;
    }
    return product / Math.sqrt(early * late);
  }
}

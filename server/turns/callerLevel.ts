import type { Sound } from './windowSounds.ts';

/** Of the caller's last pieces of speech. */
const REMEMBERED = 8;
/** Shorter pieces may be coughs and knocks. */
const SHORTEST_MS = 300;
/**
 * Speech this much quieter than the caller's is somebody else's: people vary by some 6 dB within a call, and who sits
 * behind them, or in a television, comes 15 to 25 dB quieter through their microphone.
 */
const BACKGROUND_DB = 13;
/** A hiss is so much quieter than the loudest vowel in the same mouth, at most, before it may be somebody else's. */
const HISS_DB = 24;
const HISS = 1;

/** How loud the caller speaks, learnt during the call. Levels are those of the loudest window of a piece of speech. */
export class CallerLevel {
  readonly #peaksDb: number[] = [];

  /** A piece of the caller's own speech, as far as can be told: nobody else was speaking. */
  learn(peakDb: number, speechMs: number): void {
    if (speechMs < SHORTEST_MS || !Number.isFinite(peakDb)) return;
    this.#peaksDb.push(peakDb);
    if (this.#peaksDb.length > REMEMBERED) this.#peaksDb.shift();
  }

  /** Whether speech whose loudest window has this level comes from behind the caller; false while nothing is known. */
  isBackground(peakDb: number): boolean {
    return peakDb < this.#usualDb - BACKGROUND_DB;
  }

  /** Whether none of these sounds can be the beginning of what the caller says; false while nothing is known. */
  isElsewhere(sounds: readonly Sound[]): boolean {
    const usualDb = this.#usualDb;
    return sounds.every(
      ({ db, brightness }) => db < usualDb - (brightness >= HISS ? HISS_DB : BACKGROUND_DB),
    );
  }

  get #usualDb(): number {
    const sorted = this.#peaksDb.toSorted((one, other) => one - other);
    return sorted[sorted.length >> 1] ?? Number.NEGATIVE_INFINITY;
  }
}

/** RMS of a window in dBFS. */
export function levelDb(pcm16k: Float32Array): number {
  const energy = pcm16k.reduce((sum, sample) => sum + sample * sample, 0);
  return 10 * Math.log10(energy / Math.max(1, pcm16k.length));
}

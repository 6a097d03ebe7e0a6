/** Of the caller's last pieces of speech. */
const REMEMBERED = 8;
/** Shorter pieces may be coughs and knocks. */
const SHORTEST_MS = 300;
/**
 * Speech this much quieter than the caller's is somebody else's: people vary by some 6 dB within a call, and who sits
 * behind them, or in a television, comes 15 to 25 dB quieter through their microphone.
 */
const BACKGROUND_DB = 13;

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
    const sorted = this.#peaksDb.toSorted((one, other) => one - other);
    const usual = sorted[sorted.length >> 1];
    return usual !== undefined && peakDb < usual - BACKGROUND_DB;
  }
}

/** RMS of a window in dBFS. */
export function levelDb(pcm16k: Float32Array): number {
  const energy = pcm16k.reduce((sum, sample) => sum + sample * sample, 0);
  return 10 * Math.log10(energy / Math.max(1, pcm16k.length));
}

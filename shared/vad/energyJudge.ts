/** Mean squares below that are a quiet room, −55 dBFS, however still it was before. */
const LEAST_FLOOR = 10 ** -5.5;
/** The first window is taken for the room when it is not louder than that, −38 dBFS; speech would be. */
const LOUDEST_ROOM = 10 ** -3.8;
/** The floor follows louder windows slowly (about 5 s) and quieter ones quickly. */
const RISE = 1.006;
const FALL = 0.3;
/** Decibels over the floor at which speech is as likely as not, and how quickly certainty grows. */
const MIDPOINT_DB = 9;
const SLOPE_PER_DB = 0.5;

/** Voice activity from loudness over a tracked noise floor; what remains where no model can be loaded. */
export class EnergyJudge {
  #floor: number | null = null;

  /** Probability of speech in a window of about 32 ms. */
  judge(pcm: Float32Array): number {
    let sum = 0;
    for (let at = 0; at < pcm.length; at += 1) sum += (pcm[at] as number) ** 2;
    const energy = Math.max(sum / pcm.length, 1e-12);
    const before = this.#floor ?? Math.min(energy, LOUDEST_ROOM);
    const floor = energy < before ? before + FALL * (energy - before) : Math.min(energy, before * RISE);
    this.#floor = Math.max(LEAST_FLOOR, floor);
    const overFloorDb = 10 * Math.log10(energy / this.#floor);
    return 1 / (1 + Math.exp(-SLOPE_PER_DB * (overFloorDb - MIDPOINT_DB)));
  }

  reset(): void {
    this.#floor = null;
  }
}

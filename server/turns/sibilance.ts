import type { Sound } from './windowSounds.ts';

/**
 * Mean brightness of a run, and that of its dullest part. White noise has 2, less when it has gone through Opus; coughs
 * and most breaths have less than 1.5.
 */
const BRIGHT = 1.9;
const DULLEST = 1.6;
/** Over the room, and over what the codec leaves of it. */
const OVER_FLOOR_DB = 15;
const LEAST_DB = -50;
/** So many parts in a row, 8 ms each: a click is shorter. */
const PARTS = 4;
/** A knock dies away meanwhile; an s swells, or stays. */
const MOST_FALL_DB = 2;
/** The floor follows what is louder by so much a part, about 10 dB in 1.5 s, and what is quieter quickly. */
const RISE_DB = 0.05;
const FALL = 0.3;
/** Where nothing is known of the room yet. */
const FIRST_FLOOR_DB = -60;
const LOWEST_FLOOR_DB = -90;

/**
 * Finds the s of "sorry" and "stop" by its sound alone: Silero, which takes it for noise in one voice and in one codec
 * and not in the next, is sure of speech only in the vowel, 100 to 200 ms later.
 */
export class Sibilance {
  #floorDb = FIRST_FLOOR_DB;
  #run: Sound[] = [];

  /** Whether one sounds at the end of this window, which `sounds` are the parts of, in order. */
  push(sounds: readonly Sound[]): boolean {
    for (const sound of sounds) {
      const { db, brightness } = sound;
      const hisses = brightness >= DULLEST && db >= Math.max(LEAST_DB, this.#floorDb + OVER_FLOOR_DB);
      this.#run = hisses ? [...this.#run.slice(1 - PARTS), sound] : [];
      this.#follow(db);
    }
    const [first] = this.#run;
    const last = this.#run.at(-1);
    if (!first || !last || this.#run.length < PARTS || last.db < first.db - MOST_FALL_DB) return false;
    return this.#run.reduce((sum, { brightness }) => sum + brightness, 0) >= PARTS * BRIGHT;
  }

  #follow(db: number): void {
    const risen = Math.min(db, this.#floorDb + RISE_DB);
    const next = db < this.#floorDb ? this.#floorDb + FALL * (db - this.#floorDb) : risen;
    this.#floorDb = Math.max(LOWEST_FLOOR_DB, next);
  }
}

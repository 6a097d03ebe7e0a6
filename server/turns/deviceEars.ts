import { WINDOW_MS } from './speechGate.ts';

/** So much longer is waited for a caller whom the device still hears, and never more. */
const EXTRA_MS = 250;
/** Under this the server's own model is certain of silence: then the device hears something else, or says so. */
const FLAT = 0.02;
/** So much of the recent past counts. */
const RECENT_WINDOWS = Math.ceil(320 / WINDOW_MS);

/**
 * What the device's hints are worth at the end of a turn. They only ever lengthen a wait, by the same bound however
 * many come; a device that was wrong about the end of a turn is not believed until it has heard silence.
 */
export class DeviceEars {
  #active = false;
  #wrong = false;
  readonly #recent: number[] = [];

  hears(active: boolean): void {
    this.#active = active;
    if (!active) this.#wrong = false;
  }

  /** The server's own judgement of a window. */
  push(probability: number): void {
    this.#recent.push(probability);
    if (this.#recent.length > RECENT_WINDOWS) this.#recent.shift();
  }

  /** A turn was over while the device was still sure of speech. */
  turnEnded(): void {
    this.#wrong = this.#active;
  }

  get extraMs(): number {
    return this.#active && !this.#wrong && Math.max(0, ...this.#recent) > FLAT ? EXTRA_MS : 0;
  }
}

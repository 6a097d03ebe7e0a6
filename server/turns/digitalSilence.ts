import { WINDOW_MS } from './speechGate.ts';

/** By then a recurrent network has forgotten what it heard before. */
const SETTLED_WINDOWS = Math.ceil(1_000 / WINDOW_MS);

/** Windows without any sound, as they stand for packets that a device does not send. */
export class DigitalSilence {
  #windows = 0;

  /** Whether there has been nothing else for so long that a model need not hear this window. */
  push(pcm16k: Float32Array): boolean {
    this.#windows = pcm16k.some((sample) => sample !== 0) ? 0 : this.#windows + 1;
    return this.#windows > SETTLED_WINDOWS;
  }
}

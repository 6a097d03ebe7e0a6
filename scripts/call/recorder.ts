import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import { writeWav } from './wav.ts';

/** Keeps heard audio by the time at which it was heard; the WAV begins at `startMs`. */
export class Recorder {
  readonly #startMs: number;
  readonly #pieces: { at: number; pcm16k: Float32Array }[] = [];

  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  add(pcm16k: Float32Array, atMs: number): void {
    const at = Math.max(0, Math.round(((atMs - this.#startMs) / 1000) * SPEECH_RATE_HZ));
    this.#pieces.push({ at, pcm16k });
  }

  /** Everything so far, silence where nothing was heard. */
  samples(): Float32Array {
    const length = this.#pieces.reduce((end, { at, pcm16k }) => Math.max(end, at + pcm16k.length), 0);
    const whole = new Float32Array(length);
    for (const { at, pcm16k } of this.#pieces) whole.set(pcm16k, at);
    return whole;
  }

  toWav(): Uint8Array {
    return writeWav({ rateHz: SPEECH_RATE_HZ, samples: this.samples() });
  }
}

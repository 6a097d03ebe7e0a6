import { FRAME_SAMPLES_16K } from '../../shared/audio.ts';

/** `decoded`: what was sent; `concealed`: in place of what was lost; `silence`: nothing was sent. */
export type FrameKind = 'decoded' | 'concealed' | 'silence';

export type AudioFrame = { pcm16k: Float32Array; kind: FrameKind };

const RANK: Record<FrameKind, number> = { silence: 0, concealed: 1, decoded: 2 };

/** Cuts pieces of any length into frames of 20 ms. A frame of several kinds is named after the most real one. */
export class Recutter {
  readonly #emit: (frame: AudioFrame) => void;
  #frame = new Float32Array(FRAME_SAMPLES_16K);
  #filled = 0;
  #kind: FrameKind = 'silence';

  constructor(emit: (frame: AudioFrame) => void) {
    this.#emit = emit;
  }

  push(samples: Float32Array, kind: FrameKind): void {
    for (let at = 0; at < samples.length; ) {
      const taken = Math.min(FRAME_SAMPLES_16K - this.#filled, samples.length - at);
      this.#frame.set(samples.subarray(at, at + taken), this.#filled);
      at += taken;
      this.#advance(taken, kind);
    }
  }

  silence(samples: number): void {
    for (let left = samples; left > 0; ) {
      const taken = Math.min(FRAME_SAMPLES_16K - this.#filled, left);
      left -= taken;
      this.#advance(taken, 'silence');
    }
  }

  #advance(samples: number, kind: FrameKind): void {
    this.#filled += samples;
    if (RANK[kind] > RANK[this.#kind]) this.#kind = kind;
    if (this.#filled < FRAME_SAMPLES_16K) return;
    const frame = { pcm16k: this.#frame, kind: this.#kind };
    this.#frame = new Float32Array(FRAME_SAMPLES_16K);
    this.#filled = 0;
    this.#kind = 'silence';
    this.#emit(frame);
  }
}

/** Zero crossings of the windowed sinc on each side: flat to 6 kHz, −50 dB and better from 9 kHz. */
const CROSSINGS = 12;
/** Where the pass band ends, of the lower of both Nyquist frequencies. */
const PASS = 0.9;

/**
 * Changes the sample rate by a rational factor with a polyphase bank of Hann-windowed sincs
 * (https://ccrma.stanford.edu/~jos/resample/). Keeps its history between calls.
 */
export class Resampler {
  readonly #up: number;
  readonly #down: number;
  readonly #taps: number;
  /** Phase after phase, each in the order of the samples. */
  readonly #bank: Float32Array;
  #history: Float32Array;
  #held = 0;
  /** Where the next output lies, in steps of 1/up of an input sample after the oldest one that is held. */
  #position = 0;

  constructor(fromHz: number, toHz: number) {
    const common = divisor(Math.round(fromHz), Math.round(toHz));
    this.#up = Math.round(toHz) / common;
    this.#down = Math.round(fromHz) / common;
    const cutoff = (PASS * Math.min(fromHz, toHz)) / fromHz;
    const half = Math.ceil(CROSSINGS / cutoff);
    this.#taps = 2 * half;
    this.#bank = new Float32Array(this.#up * this.#taps);
    for (let phase = 0; phase < this.#up; phase += 1) {
      let sum = 0;
      for (let tap = 0; tap < this.#taps; tap += 1) {
        const distance = tap - half + 1 - phase / this.#up;
        const value = sinc(cutoff * distance) * Math.max(0, Math.cos((Math.PI * distance) / (2 * half))) ** 2;
        this.#bank[phase * this.#taps + tap] = value;
        sum += value;
      }
      // Each phase lets a constant through unchanged: no ripple between them.
      for (let tap = 0; tap < this.#taps; tap += 1) {
        const at = phase * this.#taps + tap;
        this.#bank[at] = (this.#bank[at] as number) / sum;
      }
    }
    this.#history = new Float32Array(this.#taps + 4096);
    this.#held = this.#taps - 1;
  }

  /** Hands on every sample that the input suffices for. */
  push(input: Float32Array, take: (sample: number) => void): void {
    if (this.#held + input.length > this.#history.length) {
      const longer = new Float32Array(this.#held + input.length);
      longer.set(this.#history.subarray(0, this.#held));
      this.#history = longer;
    }
    const history = this.#history;
    history.set(input, this.#held);
    this.#held += input.length;
    let first = Math.floor(this.#position / this.#up);
    while (first + this.#taps <= this.#held) {
      const phase = (this.#position % this.#up) * this.#taps;
      let sum = 0;
      for (let tap = 0; tap < this.#taps; tap += 1) {
        sum += (this.#bank[phase + tap] as number) * (history[first + tap] as number);
      }
      take(sum);
      this.#position += this.#down;
      first = Math.floor(this.#position / this.#up);
    }
    const gone = Math.min(first, this.#held);
    history.copyWithin(0, gone, this.#held);
    this.#held -= gone;
    this.#position -= gone * this.#up;
  }
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

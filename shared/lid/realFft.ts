/**
 * Magnitudes of the discrete Fourier transform of real samples: one complex transform of half the length, whose even
 * and odd parts are then told apart (https://www.ti.com/lit/an/spra291/spra291.pdf, "Implementing Fast Fourier
 * Transform Algorithms of Real-Valued Sequences").
 */
export class RealFft {
  readonly bins: number;
  readonly #half: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #reversed: Uint16Array;
  readonly #re: Float64Array;
  readonly #im: Float64Array;

  /** `length`: a power of two, 4…65536. */
  constructor(length: number) {
    if (length < 4 || length > 65_536 || (length & (length - 1)) !== 0) {
      throw new Error('The length of a transform is a power of two, 4…65536.');
    }
    const half = length / 2;
    this.#half = half;
    this.bins = half + 1;
    this.#cos = Float64Array.from({ length: half }, (_, at) => Math.cos((2 * Math.PI * at) / length));
    this.#sin = Float64Array.from({ length: half }, (_, at) => Math.sin((2 * Math.PI * at) / length));
    this.#re = new Float64Array(half);
    this.#im = new Float64Array(half);
    this.#reversed = new Uint16Array(half);
    for (let at = 1; at < half; at += 1) {
      this.#reversed[at] = ((this.#reversed[at >> 1] as number) >> 1) | (at & 1 ? half >> 1 : 0);
    }
  }

  /** |X| of `length` samples, from 0 to half the sample rate: `bins` values. */
  magnitudes(samples: ArrayLike<number>, into: Float32Array): void {
    const half = this.#half;
    const re = this.#re;
    const im = this.#im;
    for (let at = 0; at < half; at += 1) {
      const to = this.#reversed[at] as number;
      re[to] = samples[2 * at] as number;
      im[to] = samples[2 * at + 1] as number;
    }
    this.#transform();
    into[0] = Math.abs((re[0] as number) + (im[0] as number));
    into[half] = Math.abs((re[0] as number) - (im[0] as number));
    for (let bin = 1; bin < half; bin += 1) {
      const other = half - bin;
      const evenRe = ((re[bin] as number) + (re[other] as number)) / 2;
      const evenIm = ((im[bin] as number) - (im[other] as number)) / 2;
      const oddRe = ((im[bin] as number) + (im[other] as number)) / 2;
      const oddIm = ((re[other] as number) - (re[bin] as number)) / 2;
      const cos = this.#cos[bin] as number;
      const sin = this.#sin[bin] as number;
      const real = evenRe + cos * oddRe + sin * oddIm;
      const imaginary = evenIm + cos * oddIm - sin * oddRe;
      into[bin] = Math.sqrt(real * real + imaginary * imaginary);
    }
  }

  /** In place, radix 2; the input is in bit-reversed order. */
  #transform(): void {
    const half = this.#half;
    const re = this.#re;
    const im = this.#im;
    for (let size = 2; size <= half; size *= 2) {
      const stride = (2 * half) / size;
      const middle = size / 2;
      for (let start = 0; start < half; start += size) {
        for (let at = 0; at < middle; at += 1) {
          const cos = this.#cos[at * stride] as number;
          const sin = this.#sin[at * stride] as number;
          const upper = start + at;
          const lower = upper + middle;
          const x = re[lower] as number;
          const y = im[lower] as number;
          const turnedRe = x * cos + y * sin;
          const turnedIm = y * cos - x * sin;
          re[lower] = (re[upper] as number) - turnedRe;
          im[lower] = (im[upper] as number) - turnedIm;
          re[upper] = (re[upper] as number) + turnedRe;
          im[upper] = (im[upper] as number) + turnedIm;
        }
      }
    }
  }
}

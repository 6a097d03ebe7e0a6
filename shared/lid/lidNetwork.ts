import type { Weights } from '../vad/onnxWeights.ts';
import { bidirectional, type Direction, directionOf, project } from './bidirectional.ts';
import { BINS, CELLS, CHANNELS, LABELS, TAPS, TENSORS } from './lidLayers.ts';
import { RealFft } from './realFft.ts';

export const RATE_HZ = 16_000;
const FFT = 2048;
const HOP = 512;
/** The model was trained on windows of five seconds; what is longer is cut off. */
export const MOST_SAMPLES = 5 * RATE_HZ;
const MOST_FRAMES = Math.floor((MOST_SAMPLES - FFT) / HOP) + 1;
/** Two steps of context on each side of a convolution. */
const REACH = (TAPS - 1) / 2;
const WIDTH = 2 * CELLS;
/** Keras's constant in a normalisation. */
const EPSILON = 1e-3;

/** A normalisation as one multiplication and one addition a channel. */
type Affine = { scale: Float32Array; shift: Float32Array };
type Dense = { weight: Float32Array; bias: Float32Array; inputs: number; outputs: number };

/**
 * The language model in plain TypeScript: no runtime, so that it runs in an AudioWorklet under any policy. About
 * 0.75 million multiplications a frame of 32 ms, done in slices of at most 0.15 million.
 */
export class LidNetwork {
  readonly #fft = new RealFft(FFT);
  readonly #hann = Float32Array.from(
    { length: FFT },
    (_, at) => 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / FFT),
  );
  readonly #norms: [Affine, Affine];
  readonly #inKernel: Float32Array;
  readonly #inBias: Float32Array;
  readonly #outKernel: Float32Array;
  readonly #outBias: number;
  readonly #first: [Direction, Direction];
  readonly #second: [Direction, Direction];
  readonly #query: Dense;
  readonly #head: [Dense, Dense, Dense];
  /** Rings of the last columns; each layer needs those around its own. */
  readonly #spectra = Array.from({ length: TAPS }, () => new Float32Array(BINS));
  readonly #columns = Array.from({ length: TAPS }, () => new Float32Array(CHANNELS * BINS));
  readonly #framed = new Float32Array(FFT);
  readonly #column = new Float32Array(BINS);
  readonly #projections = [0, 1].map(() => new Float32Array(MOST_FRAMES * 4 * CELLS)) as [
    Float32Array,
    Float32Array,
  ];
  readonly #lower = new Float32Array(MOST_FRAMES * WIDTH);
  readonly #upper = new Float32Array(MOST_FRAMES * WIDTH);

  /** Throws when a tensor is missing or has another shape: then it is another model. */
  constructor(weights: Weights) {
    for (const { name, shape } of TENSORS) {
      const found = weights.get(name);
      if (found?.shape.join() !== shape.join()) throw new Error(`The model has no ${name} of ${shape}.`);
    }
    const values = (name: string): Float32Array => weights.get(name)?.values as Float32Array;
    const layer = (at: number, part: string): Float32Array => values(`layer_with_weights-${at}/${part}`);
    const affine = (at: number): Affine => {
      const scale = layer(at, 'gamma').map(
        (gamma, channel) => gamma / Math.sqrt((layer(at, 'moving_variance')[channel] as number) + EPSILON),
      );
      const shift = layer(at, 'beta').map(
        (beta, channel) => beta - (layer(at, 'moving_mean')[channel] as number) * (scale[channel] as number),
      );
      return { scale, shift };
    };
    const dense = (at: number, inputs: number): Dense => {
      const bias = layer(at, 'bias');
      return { weight: transposed(layer(at, 'kernel'), inputs), bias, inputs, outputs: bias.length };
    };
    this.#norms = [affine(0), affine(2)];
    this.#inKernel = layer(1, 'kernel');
    this.#inBias = layer(1, 'bias');
    this.#outKernel = layer(3, 'kernel');
    this.#outBias = layer(3, 'bias')[0] as number;
    const last = affine(4);
    const scaled = { scale: last.scale[0] as number, shift: last.shift[0] as number };
    this.#first = [directionOf(values, 16, BINS, scaled), directionOf(values, 19, BINS, scaled)];
    this.#second = [directionOf(values, 22, WIDTH), directionOf(values, 25, WIDTH)];
    this.#query = dense(7, WIDTH);
    this.#head = [dense(8, WIDTH), dense(9, CELLS), dense(10, CELLS / 2)];
  }

  /** Scores of `LABELS` (logarithms of odds, unnormalised) for speech at 16 kHz of 0.2…5 s, at any level. */
  judge(pcm16k: Float32Array): Float32Array {
    const steps = this.steps(pcm16k);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
    }
  }

  /**
   * The same in slices, for a thread that must not stay away long: below 0.2 ms each on a notebook. The samples must
   * stay as they are and one window is finished before the next is begun.
   */
  *steps(pcm16k: Float32Array): Generator<undefined, Float32Array> {
    const samples = Math.min(pcm16k.length, MOST_SAMPLES);
    const frames = Math.floor((samples - FFT) / HOP) + 1;
    if (frames < 1) throw new Error('The window is too short.');
    const gain = 1 / Math.max(peakOf(pcm16k, samples), 1e-6);
    // Each convolution looks two frames ahead, so its column is made two frames later.
    for (let frame = 0; frame < frames + 2 * REACH; frame += 1) {
      this.#measure(pcm16k, frame, frames, gain);
      this.#widen(frame - REACH, frames);
      yield;
      const made = frame - 2 * REACH;
      if (made < 0) continue;
      this.#narrow(made);
      for (const at of [0, 1] as const) {
        for (let quarter = 0; quarter < 4; quarter += 1) {
          if (quarter % 2 === 0) yield;
          project(this.#first[at], this.#column, 0, this.#projections[at], made, quarter);
        }
      }
      yield;
    }
    yield* bidirectional(this.#first, this.#projections, frames, this.#lower);
    for (let frame = 0; frame < frames; frame += 1) {
      for (const at of [0, 1] as const) {
        for (let quarter = 0; quarter < 4; quarter += 1) {
          project(this.#second[at], this.#lower, frame * WIDTH, this.#projections[at], frame, quarter);
        }
      }
      yield;
    }
    yield* bidirectional(this.#second, this.#projections, frames, this.#upper);
    return this.#attend(frames);
  }

  /** Column of the normalised spectrum; zeros around the window, as the convolution pads. */
  #measure(pcm16k: Float32Array, frame: number, frames: number, gain: number): void {
    const column = this.#spectra[frame % TAPS] as Float32Array;
    if (frame === 0) for (const other of this.#spectra) other.fill(0);
    if (frame >= frames) {
      column.fill(0);
      return;
    }
    const framed = this.#framed;
    for (let at = 0; at < FFT; at += 1) {
      framed[at] = (pcm16k[frame * HOP + at] as number) * gain * (this.#hann[at] as number);
    }
    this.#fft.magnitudes(framed, column);
    const scale = this.#norms[0].scale[0] as number;
    const shift = this.#norms[0].shift[0] as number;
    for (let bin = 0; bin < BINS; bin += 1) column[bin] = (column[bin] as number) * scale + shift;
  }

  /** One channel to ten: the column at `frame` of the first convolution, rectified and normalised. */
  #widen(frame: number, frames: number): void {
    if (frame < 0) {
      if (frame === -REACH) for (const column of this.#columns) column.fill(0);
      return;
    }
    const into = this.#columns[frame % TAPS] as Float32Array;
    if (frame >= frames) {
      into.fill(0);
      return;
    }
    const [a, b, c, d, e] = this.#around(this.#spectra, frame);
    const { scale, shift } = this.#norms[1];
    const kernel = this.#inKernel;
    for (let channel = 0; channel < CHANNELS; channel += 1) {
      const k0 = kernel[channel] as number;
      const k1 = kernel[CHANNELS + channel] as number;
      const k2 = kernel[2 * CHANNELS + channel] as number;
      const k3 = kernel[3 * CHANNELS + channel] as number;
      const k4 = kernel[4 * CHANNELS + channel] as number;
      const bias = this.#inBias[channel] as number;
      const times = scale[channel] as number;
      const plus = shift[channel] as number;
      const row = channel * BINS;
      for (let bin = 0; bin < BINS; bin += 1) {
        const sum =
          bias +
          k0 * (a[bin] as number) +
          k1 * (b[bin] as number) +
          k2 * (c[bin] as number) +
          k3 * (d[bin] as number) +
          k4 * (e[bin] as number);
        into[row + bin] = sum > 0 ? sum * times + plus : plus;
      }
    }
  }

  /** Ten channels to one: the column at `frame` of the second convolution, rectified. */
  #narrow(frame: number): void {
    const into = this.#column;
    const columns = this.#around(this.#columns, frame);
    into.fill(this.#outBias);
    for (let tap = 0; tap < TAPS; tap += 1) {
      const column = columns[tap] as Float32Array;
      for (let channel = 0; channel < CHANNELS; channel += 2) {
        const k0 = this.#outKernel[tap * CHANNELS + channel] as number;
        const k1 = this.#outKernel[tap * CHANNELS + channel + 1] as number;
        const row = channel * BINS;
        for (let bin = 0; bin < BINS; bin += 1) {
          into[bin] =
            (into[bin] as number) +
            k0 * (column[row + bin] as number) +
            k1 * (column[row + BINS + bin] as number);
        }
      }
    }
    for (let bin = 0; bin < BINS; bin += 1) if ((into[bin] as number) < 0) into[bin] = 0;
  }

  #around(ring: Float32Array[], frame: number) {
    const at = (offset: number): Float32Array => ring[(frame + offset + TAPS) % TAPS] as Float32Array;
    return [at(-2), at(-1), at(0), at(1), at(2)] as const;
  }

  #attend(frames: number): Float32Array {
    const steps = this.#upper;
    const query = apply(this.#query, steps.subarray((frames - 1) * WIDTH, frames * WIDTH));
    const scores = new Float32Array(frames);
    for (let frame = 0; frame < frames; frame += 1) {
      for (let at = 0; at < WIDTH; at += 1) {
        scores[frame] =
          (scores[frame] as number) + (query[at] as number) * (steps[frame * WIDTH + at] as number);
      }
    }
    const highest = scores.reduce((a, b) => Math.max(a, b));
    const parts = scores.map((score) => Math.exp(score - highest));
    const sum = parts.reduce((a, b) => a + b);
    const attended = new Float32Array(WIDTH);
    for (let frame = 0; frame < frames; frame += 1) {
      const share = (parts[frame] as number) / sum;
      for (let at = 0; at < WIDTH; at += 1) {
        attended[at] = (attended[at] as number) + share * (steps[frame * WIDTH + at] as number);
      }
    }
    const [wide, narrow, out] = this.#head;
    const rectified = apply(wide, attended).map((value) => Math.max(0, value));
    const answer = apply(out, apply(narrow, rectified));
    if (answer.length !== LABELS.length || !answer.every(Number.isFinite))
      throw new Error('The model answers nonsense.');
    return answer;
  }
}

function peakOf(pcm: Float32Array, samples: number): number {
  let peak = 0;
  for (let at = 0; at < samples; at += 1) peak = Math.max(peak, Math.abs(pcm[at] as number));
  return peak;
}

function apply({ weight, bias, inputs, outputs }: Dense, input: Float32Array): Float32Array {
  const result = new Float32Array(outputs);
  for (let to = 0; to < outputs; to += 1) {
    let sum = bias[to] as number;
    for (let from = 0; from < inputs; from += 1)
      sum += (weight[to * inputs + from] as number) * (input[from] as number);
    result[to] = sum;
  }
  return result;
}

/** Inputs × outputs → outputs × inputs. */
function transposed(kernel: Float32Array, inputs: number): Float32Array {
  const outputs = kernel.length / inputs;
  return Float32Array.from({ length: kernel.length }, (_, at) => {
    return kernel[(at % inputs) * outputs + Math.floor(at / inputs)] as number;
  });
}

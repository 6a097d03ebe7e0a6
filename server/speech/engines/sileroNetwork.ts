import type { Weights } from './onnxWeights.ts';

/**
 * Silero VAD 5 (https://github.com/snakers4/silero-vad, MIT) at 16 kHz, computed as its ONNX graph says: magnitudes of
 * a short-time Fourier transform, four convolutions, one LSTM cell, one weighted sum. About 0.7 million
 * multiplications a window; an inference runtime for it would cost the server 50 to 250 MB.
 */
const WINDOW = 512;
const CONTEXT = 64;
const PADDING = 64;
const FFT = 256;
const HOP = 128;
const BINS = 129;
const FRAMES = (WINDOW + CONTEXT + PADDING - FFT) / HOP + 1;
const CELLS = 128;

/** Where the 16 kHz branch of the graph keeps its constants. */
const PREFIX = 'If_0_then_branch__Inline_0__';

type Convolution = { weight: Float32Array; bias: Float32Array; from: number; to: number; stride: number };

/** What one stream carries from window to window. */
export type SileroState = { context: Float32Array; hidden: Float32Array; cell: Float32Array };

export function freshState(): SileroState {
  return {
    context: new Float32Array(CONTEXT),
    hidden: new Float32Array(CELLS),
    cell: new Float32Array(CELLS),
  };
}

export class SileroNetwork {
  readonly #basis: Float32Array;
  readonly #encoder: Convolution[];
  readonly #inputWeight: Float32Array;
  readonly #hiddenWeight: Float32Array;
  readonly #gateBias: Float32Array;
  readonly #outWeight: Float32Array;
  readonly #outBias: number;
  readonly #padded = new Float32Array(CONTEXT + WINDOW + PADDING);
  readonly #gates = new Float32Array(4 * CELLS);

  /** Throws when a constant is missing or has another shape: then it is another model. */
  constructor(weights: Weights) {
    const take = (name: string, ...shape: number[]): Float32Array => {
      const found = weights.get(PREFIX + name);
      if (!found || found.shape.join() !== shape.join())
        throw new Error(`The model has no ${name} of ${shape}.`);
      return found.values;
    };
    const convolution = (index: number, from: number, to: number, stride: number): Convolution => ({
      weight: take(`encoder.${index}.reparam_conv.weight`, to, from, 3),
      bias: take(`encoder.${index}.reparam_conv.bias`, to),
      from,
      to,
      stride,
    });
    this.#basis = take('stft.forward_basis_buffer', 2 * BINS, 1, FFT);
    this.#encoder = [
      convolution(0, BINS, 128, 1),
      convolution(1, 128, 64, 2),
      convolution(2, 64, 64, 2),
      convolution(3, 64, CELLS, 1),
    ];
    this.#inputWeight = take('decoder.rnn.weight_ih', 4 * CELLS, CELLS);
    this.#hiddenWeight = take('decoder.rnn.weight_hh', 4 * CELLS, CELLS);
    const inputBias = take('decoder.rnn.bias_ih', 4 * CELLS);
    const hiddenBias = take('decoder.rnn.bias_hh', 4 * CELLS);
    this.#gateBias = inputBias.map((bias, at) => bias + (hiddenBias[at] as number));
    this.#outWeight = take('decoder.decoder.2.weight', 1, CELLS, 1);
    this.#outBias = take('decoder.decoder.2.bias', 1)[0] as number;
  }

  /** Probability of speech in 512 samples at 16 kHz; moves the state on. */
  judge(pcm16k: Float32Array, state: SileroState): number {
    let layer = this.#magnitudes(this.#pad(pcm16k, state));
    let frames = FRAMES;
    for (const convolution of this.#encoder) {
      const next = Math.floor((frames - 1) / convolution.stride) + 1;
      layer = convolve(layer, frames, convolution, next);
      frames = next;
    }
    this.#step(layer, state);
    let sum = this.#outBias;
    for (let at = 0; at < CELLS; at += 1) {
      sum += (this.#outWeight[at] as number) * Math.max(0, state.hidden[at] as number);
    }
    return sigmoid(sum);
  }

  /** The end of the window before, this window, and its last samples mirrored. */
  #pad(pcm16k: Float32Array, state: SileroState): Float32Array {
    const padded = this.#padded;
    padded.set(state.context);
    padded.set(pcm16k, CONTEXT);
    state.context.set(pcm16k.subarray(WINDOW - CONTEXT));
    const last = CONTEXT + WINDOW - 1;
    for (let at = 1; at <= PADDING; at += 1) padded[last + at] = padded[last - at] as number;
    return padded;
  }

  /** Bins × frames. */
  #magnitudes(padded: Float32Array): Float32Array {
    const result = new Float32Array(BINS * FRAMES);
    for (let bin = 0; bin < BINS; bin += 1) {
      for (let frame = 0; frame < FRAMES; frame += 1) {
        const real = dot(this.#basis, bin * FFT, padded, frame * HOP, FFT);
        const imaginary = dot(this.#basis, (BINS + bin) * FFT, padded, frame * HOP, FFT);
        result[bin * FRAMES + frame] = Math.sqrt(real * real + imaginary * imaginary);
      }
    }
    return result;
  }

  /** One step of the LSTM; gates in PyTorch's order: input, forget, cell, output. */
  #step(input: Float32Array, { hidden, cell }: SileroState): void {
    const gates = this.#gates;
    for (let at = 0; at < 4 * CELLS; at += 1) {
      gates[at] =
        (this.#gateBias[at] as number) +
        dot(this.#inputWeight, at * CELLS, input, 0, CELLS) +
        dot(this.#hiddenWeight, at * CELLS, hidden, 0, CELLS);
    }
    for (let at = 0; at < CELLS; at += 1) {
      const keep = sigmoid(gates[CELLS + at] as number) * (cell[at] as number);
      const add = sigmoid(gates[at] as number) * Math.tanh(gates[2 * CELLS + at] as number);
      cell[at] = keep + add;
      hidden[at] = sigmoid(gates[3 * CELLS + at] as number) * Math.tanh(keep + add);
    }
  }
}

/** Kernel 3, zero padding 1, rectified. Channels × frames in and out. */
function convolve(input: Float32Array, frames: number, layer: Convolution, outFrames: number): Float32Array {
  const { weight, bias, from, to, stride } = layer;
  const output = new Float32Array(to * outFrames);
  for (let channel = 0; channel < to; channel += 1) {
    for (let frame = 0; frame < outFrames; frame += 1) {
      let sum = bias[channel] as number;
      for (let source = 0; source < from; source += 1) {
        const kernel = (channel * from + source) * 3;
        const row = source * frames;
        const centre = frame * stride;
        if (centre > 0) sum += (weight[kernel] as number) * (input[row + centre - 1] as number);
        sum += (weight[kernel + 1] as number) * (input[row + centre] as number);
        if (centre + 1 < frames) sum += (weight[kernel + 2] as number) * (input[row + centre + 1] as number);
      }
      output[channel * outFrames + frame] = Math.max(0, sum);
    }
  }
  return output;
}

/** Lengths are multiples of four; four sums side by side keep the processor busy. */
function dot(a: Float32Array, aAt: number, b: Float32Array, bAt: number, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let at = 0; at < length; at += 4) {
    s0 += (a[aAt + at] as number) * (b[bAt + at] as number);
    s1 += (a[aAt + at + 1] as number) * (b[bAt + at + 1] as number);
    s2 += (a[aAt + at + 2] as number) * (b[bAt + at + 2] as number);
    s3 += (a[aAt + at + 3] as number) * (b[bAt + at + 3] as number);
  }
  return s0 + s1 + s2 + s3;
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

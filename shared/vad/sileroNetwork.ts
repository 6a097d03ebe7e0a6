import type { Weights } from './onnxWeights.ts';

/**
 * Silero VAD 5 (https://github.com/snakers4/silero-vad, MIT) at 16 kHz, computed as its ONNX graph says: magnitudes of
 * a short-time Fourier transform, four convolutions, one LSTM cell, one weighted sum. About 0.7 million
 * multiplications a window; an inference runtime for it would cost the server 50 to 250 MB.
 */
export const WINDOW = 512;
const CONTEXT = 64;
const PADDING = 64;
const FFT = 256;
const HOP = 128;
const BINS = 129;
const HALF_BINS = 65;
const FRAMES = (WINDOW + CONTEXT + PADDING - FFT) / HOP + 1;
const CELLS = 128;

/** Parts in which `steps` does the work of one window. */
export const STEPS = 6;

/** Where the 16 kHz branch of the graph keeps its constants, and which of them the network needs. */
const PREFIX = 'If_0_then_branch__Inline_0__';
export const CONSTANTS: readonly { name: string; shape: readonly number[] }[] = [
  { name: 'stft.forward_basis_buffer', shape: [2 * BINS, 1, FFT] },
  { name: 'encoder.0.reparam_conv.weight', shape: [128, BINS, 3] },
  { name: 'encoder.0.reparam_conv.bias', shape: [128] },
  { name: 'encoder.1.reparam_conv.weight', shape: [64, 128, 3] },
  { name: 'encoder.1.reparam_conv.bias', shape: [64] },
  { name: 'encoder.2.reparam_conv.weight', shape: [64, 64, 3] },
  { name: 'encoder.2.reparam_conv.bias', shape: [64] },
  { name: 'encoder.3.reparam_conv.weight', shape: [CELLS, 64, 3] },
  { name: 'encoder.3.reparam_conv.bias', shape: [CELLS] },
  { name: 'decoder.rnn.weight_ih', shape: [4 * CELLS, CELLS] },
  { name: 'decoder.rnn.weight_hh', shape: [4 * CELLS, CELLS] },
  { name: 'decoder.rnn.bias_ih', shape: [4 * CELLS] },
  { name: 'decoder.rnn.bias_hh', shape: [4 * CELLS] },
  { name: 'decoder.decoder.2.weight', shape: [1, CELLS, 1] },
  { name: 'decoder.decoder.2.bias', shape: [1] },
].map(({ name, shape }) => ({ name: PREFIX + name, shape }));

type Convolution = {
  weight: Float32Array;
  bias: Float32Array;
  from: number;
  to: number;
  stride: number;
  frames: number;
  outFrames: number;
  output: Float32Array;
};

/** What one stream carries from window to window. */
export type SileroState = { context: Float32Array; hidden: Float32Array; cell: Float32Array };

export function freshState(): SileroState {
  return {
    context: new Float32Array(CONTEXT),
    hidden: new Float32Array(CELLS),
    cell: new Float32Array(CELLS),
  };
}

/** Lets a window pass unjudged; the next one still follows upon it. */
export function skip(pcm16k: Float32Array, state: SileroState): void {
  state.context.set(pcm16k.subarray(WINDOW - CONTEXT));
}

export class SileroNetwork {
  readonly #basis: Float32Array;
  readonly #encoder: Convolution[] = [];
  readonly #inputWeight: Float32Array;
  readonly #hiddenWeight: Float32Array;
  readonly #gateBias: Float32Array;
  readonly #outWeight: Float32Array;
  readonly #outBias: number;
  readonly #padded = new Float32Array(CONTEXT + WINDOW + PADDING);
  readonly #magnitudes = new Float32Array(BINS * FRAMES);
  readonly #gates = new Float32Array(4 * CELLS);

  /** Throws when a constant is missing or has another shape: then it is another model. */
  constructor(weights: Weights) {
    const [basis, w0, b0, w1, b1, w2, b2, w3, b3, input, hidden, inputBias, hiddenBias, out, outBias] =
      CONSTANTS.map(({ name, shape }) => {
        const found = weights.get(name);
        if (!found || found.shape.join() !== shape.join())
          throw new Error(`The model has no ${name} of ${shape}.`);
        return found.values;
      }) as [Float32Array, ...Float32Array[]] & { length: 15 };
    this.#basis = basis;
    let frames = FRAMES;
    for (const [weight, bias, from, to, stride] of [
      [w0, b0, BINS, 128, 1],
      [w1, b1, 128, 64, 2],
      [w2, b2, 64, 64, 2],
      [w3, b3, 64, CELLS, 1],
    ] as [Float32Array, Float32Array, number, number, number][]) {
      const outFrames = Math.floor((frames - 1) / stride) + 1;
      const output = new Float32Array(to * outFrames);
      this.#encoder.push({ weight, bias, from, to, stride, frames, outFrames, output });
      frames = outFrames;
    }
    this.#inputWeight = input as Float32Array;
    this.#hiddenWeight = hidden as Float32Array;
    this.#gateBias = (inputBias as Float32Array).map((bias, at) => bias + (hiddenBias?.[at] as number));
    this.#outWeight = out as Float32Array;
    this.#outBias = outBias?.[0] as number;
  }

  /** Probability of speech in 512 samples at 16 kHz; moves the state on. */
  judge(pcm16k: Float32Array, state: SileroState): number {
    const steps = this.steps(pcm16k, state);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
    }
  }

  /**
   * The same in steps of about equal work, for a thread that must not stay away long. One window is finished before
   * the next is begun: the layers in between are the network's own.
   */
  *steps(pcm16k: Float32Array, state: SileroState): Generator<undefined, number> {
    this.#pad(pcm16k, state);
    this.#measure(0, HALF_BINS);
    yield;
    this.#measure(HALF_BINS, BINS);
    yield;
    let layer: Float32Array = this.#magnitudes;
    for (const convolution of this.#encoder) {
      const { to, output } = convolution;
      convolve(layer, convolution, 0, to / 2);
      if (convolution === this.#encoder[0]) yield;
      convolve(layer, convolution, to / 2, to);
      if (convolution === this.#encoder[0]) yield;
      layer = output;
    }
    yield;
    this.#step(layer, state);
    let sum = this.#outBias;
    for (let at = 0; at < CELLS; at += 1) {
      sum += (this.#outWeight[at] as number) * Math.max(0, state.hidden[at] as number);
    }
    return sigmoid(sum);
  }

  /** The end of the window before, this window, and its last samples mirrored. */
  #pad(pcm16k: Float32Array, state: SileroState): void {
    const padded = this.#padded;
    padded.set(state.context);
    padded.set(pcm16k, CONTEXT);
    skip(pcm16k, state);
    const last = CONTEXT + WINDOW - 1;
    for (let at = 1; at <= PADDING; at += 1) padded[last + at] = padded[last - at] as number;
  }

  /** Bins × frames. */
  #measure(fromBin: number, toBin: number): void {
    const padded = this.#padded;
    for (let bin = fromBin; bin < toBin; bin += 1) {
      for (let frame = 0; frame < FRAMES; frame += 1) {
        const real = dot(this.#basis, bin * FFT, padded, frame * HOP, FFT);
        const imaginary = dot(this.#basis, (BINS + bin) * FFT, padded, frame * HOP, FFT);
        this.#magnitudes[bin * FRAMES + frame] = Math.sqrt(real * real + imaginary * imaginary);
      }
    }
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

/** Kernel 3, zero padding 1, rectified. Channels × frames in and out; some of the channels. */
function convolve(input: Float32Array, layer: Convolution, fromChannel: number, toChannel: number): void {
  const { weight, bias, from, stride, frames, outFrames, output } = layer;
  for (let channel = fromChannel; channel < toChannel; channel += 1) {
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

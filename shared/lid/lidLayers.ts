/**
 * The tensors of the language model by the names of its checkpoint: magnitudes → normalised → two convolutions over
 * time, each normalised after it → two bidirectional LSTMs → attention, asked by the last step → three dense layers
 * (https://github.com/zkmkarlsruhe/language-identification, BSD-2-Clause).
 */
export const BINS = 1025;
export const CHANNELS = 10;
export const TAPS = 5;
export const CELLS = 64;

/** What the model tells apart, in the order of its answers. */
export const LABELS = ['noise', 'en', 'fr', 'de', 'es'] as const;

export type Tensor = { name: string; shape: readonly number[] };

const normalisation = (layer: number, channels: number): Tensor[] =>
  ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((part) => ({
    name: `layer_with_weights-${layer}/${part}`,
    shape: [channels],
  }));
const weighted = (layer: number, shape: readonly number[]): Tensor[] => [
  { name: `layer_with_weights-${layer}/kernel`, shape },
  { name: `layer_with_weights-${layer}/bias`, shape: shape.slice(-1) },
];
/** Keras numbers the six variables of a bidirectional layer: forwards, then backwards. */
const lstm = (first: number, inputs: number): Tensor[] =>
  [first, first + 3].flatMap((at) => [
    { name: `variables/${at}`, shape: [inputs, 4 * CELLS] },
    { name: `variables/${at + 1}`, shape: [CELLS, 4 * CELLS] },
    { name: `variables/${at + 2}`, shape: [4 * CELLS] },
  ]);

export const TENSORS: readonly Tensor[] = [
  ...normalisation(0, 1),
  ...weighted(1, [TAPS, 1, 1, CHANNELS]),
  ...normalisation(2, CHANNELS),
  ...weighted(3, [TAPS, 1, CHANNELS, 1]),
  ...normalisation(4, 1),
  ...lstm(16, BINS),
  ...lstm(22, 2 * CELLS),
  ...weighted(7, [2 * CELLS, 2 * CELLS]),
  ...weighted(8, [2 * CELLS, CELLS]),
  ...weighted(9, [CELLS, CELLS / 2]),
  ...weighted(10, [CELLS / 2, LABELS.length]),
];

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((all, one) => all * one, 1);
}

import { CELLS } from './lidLayers.ts';

const GATES = 4 * CELLS;

/** One direction of a bidirectional LSTM; a row of weights for each gate. */
export type Direction = {
  inputs: number;
  input: Float32Array;
  recurrent: Float32Array;
  bias: Float32Array;
};

/** `norm`: what the input is multiplied by and added to before, taken into the weights. */
export function directionOf(
  values: (name: string) => Float32Array,
  first: number,
  inputs: number,
  norm = { scale: 1, shift: 0 },
): Direction {
  const kernel = values(`variables/${first}`);
  const recurrentKernel = values(`variables/${first + 1}`);
  const input = new Float32Array(GATES * inputs);
  const bias = values(`variables/${first + 2}`).slice();
  for (let gate = 0; gate < GATES; gate += 1) {
    let sum = 0;
    for (let at = 0; at < inputs; at += 1) {
      const weight = kernel[at * GATES + gate] as number;
      input[gate * inputs + at] = weight * norm.scale;
      sum += weight;
    }
    bias[gate] = (bias[gate] as number) + sum * norm.shift;
  }
  const recurrent = Float32Array.from({ length: GATES * CELLS }, (_, at) => {
    return recurrentKernel[(at % CELLS) * GATES + Math.floor(at / CELLS)] as number;
  });
  return { inputs, input, recurrent, bias };
}

/** What the input of one frame adds to a quarter of the gates; four rows at a time, so that it is read once. */
export function project(
  { inputs, input, bias }: Direction,
  from: Float32Array,
  at: number,
  into: Float32Array,
  frame: number,
  quarter: number,
): void {
  const first = quarter * CELLS;
  for (let gate = first; gate < first + CELLS; gate += 4) {
    const r0 = gate * inputs;
    const r1 = r0 + inputs;
    const r2 = r1 + inputs;
    const r3 = r2 + inputs;
    let s0 = bias[gate] as number;
    let s1 = bias[gate + 1] as number;
    let s2 = bias[gate + 2] as number;
    let s3 = bias[gate + 3] as number;
    for (let index = 0; index < inputs; index += 1) {
      const value = from[at + index] as number;
      s0 += (input[r0 + index] as number) * value;
      s1 += (input[r1 + index] as number) * value;
      s2 += (input[r2 + index] as number) * value;
      s3 += (input[r3 + index] as number) * value;
    }
    const to = frame * GATES + gate;
    into[to] = s0;
    into[to + 1] = s1;
    into[to + 2] = s2;
    into[to + 3] = s3;
  }
}

/** Both directions over projected frames → frames × 2 CELLS, a slice each two frames and direction. */
export function* bidirectional(
  directions: readonly [Direction, Direction],
  projections: readonly [Float32Array, Float32Array],
  frames: number,
  into: Float32Array,
): Generator<undefined, void> {
  const hidden = new Float32Array(CELLS);
  const cell = new Float32Array(CELLS);
  const gates = new Float32Array(GATES);
  for (const backwards of [0, 1] as const) {
    hidden.fill(0);
    cell.fill(0);
    const { recurrent } = directions[backwards];
    const projection = projections[backwards];
    for (let step = 0; step < frames; step += 1) {
      const frame = backwards ? frames - 1 - step : step;
      for (let gate = 0; gate < GATES; gate += 1) {
        let sum = projection[frame * GATES + gate] as number;
        const row = gate * CELLS;
        for (let at = 0; at < CELLS; at += 1) sum += (recurrent[row + at] as number) * (hidden[at] as number);
        gates[gate] = sum;
      }
      advance(gates, hidden, cell);
      into.set(hidden, (2 * frame + backwards) * CELLS);
      if (step % 2 === 1) yield;
    }
  }
}

/** Gates in Keras's order: input, forget, cell, output. */
function advance(gates: Float32Array, hidden: Float32Array, cell: Float32Array): void {
  for (let at = 0; at < CELLS; at += 1) {
    const keep = sigmoid(gates[CELLS + at] as number) * (cell[at] as number);
    const add = sigmoid(gates[at] as number) * Math.tanh(gates[2 * CELLS + at] as number);
    cell[at] = keep + add;
    hidden[at] = sigmoid(gates[3 * CELLS + at] as number) * Math.tanh(keep + add);
  }
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

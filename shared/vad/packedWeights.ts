import type { Weights } from './onnxWeights.ts';
import { CONSTANTS } from './sileroNetwork.ts';

/**
 * The network's constants for the page: 16 bytes of header, then half-precision floats (IEEE 754 binary16) in the
 * order of `CONSTANTS`, all little-endian. Header: "SVAD", version, number of floats, FNV-1a over the halves.
 */
const MAGIC = 0x44415653;
const VERSION = 1;
const HEADER_BYTES = 16;
const FLOATS = CONSTANTS.reduce((sum, { shape }) => sum + product(shape), 0);

/** Throws when the model lacks a constant. */
export function packWeights(weights: Weights): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + 2 * FLOATS);
  const halves = new Uint16Array(bytes.buffer, HEADER_BYTES);
  let at = 0;
  for (const { name, shape } of CONSTANTS) {
    const found = weights.get(name);
    if (found?.values.length !== product(shape)) throw new Error(`The model has no ${name} of ${shape}.`);
    for (const value of found.values) halves[at++] = toHalf(value);
  }
  const header = new Uint32Array(bytes.buffer, 0, 4);
  header.set([MAGIC, VERSION, FLOATS, checksum(halves)]);
  return bytes;
}

/** Throws when the file is not whole, was changed, or is another one. */
export function unpackWeights(file: ArrayBuffer): Weights {
  if (file.byteLength !== HEADER_BYTES + 2 * FLOATS) throw new Error('The weights have another length.');
  const [magic, version, floats, sum] = new Uint32Array(file, 0, 4);
  const halves = new Uint16Array(file, HEADER_BYTES);
  if (magic !== MAGIC || version !== VERSION || floats !== FLOATS || sum !== checksum(halves)) {
    throw new Error('The weights are damaged.');
  }
  const all = fromHalves(halves);
  const weights = new Map<string, { shape: number[]; values: Float32Array }>();
  let at = 0;
  for (const { name, shape } of CONSTANTS) {
    weights.set(name, { shape: [...shape], values: all.subarray(at, at + product(shape)) });
    at += product(shape);
  }
  return weights;
}

function product(shape: readonly number[]): number {
  return shape.reduce((all, one) => all * one, 1);
}

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) over words instead of bytes. */
function checksum(words: Uint16Array): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < words.length; at += 1) hash = Math.imul(hash ^ (words[at] as number), 0x01000193);
  return hash >>> 0;
}

/** Rounded to nearest; what is smaller than the smallest normal half is kept as a subnormal one. */
function toHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size > 65_504) throw new Error('A weight does not fit half precision.');
  if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  // Rounding up may reach the next exponent; the sum then carries over as it should.
  return sign + ((exponent + 15) << 10) + Math.round((size / 2 ** exponent - 1) * 1024);
}

/** Exponent and fraction are moved to where a single has them; a multiplication mends the bias, subnormals too. */
function fromHalves(halves: Uint16Array): Float32Array {
  const floats = new Float32Array(halves.length);
  const bits = new Uint32Array(floats.buffer);
  for (let at = 0; at < halves.length; at += 1) {
    const half = halves[at] as number;
    bits[at] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13);
    floats[at] = (floats[at] as number) * 2 ** 112;
  }
  return floats;
}

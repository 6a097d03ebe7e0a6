import type { Weights } from '../vad/onnxWeights.ts';
import { sizeOf, TENSORS, type Tensor } from './lidLayers.ts';

/**
 * The language model for the page: 16 bytes of header, then its tensors in the order of `TENSORS`, little-endian.
 * Matrices are one scale (a single-precision float) for each column, then a signed byte for each weight, padded to
 * four; what is smaller stays in single precision. Header: "SLID", version, bytes that follow, FNV-1a over their words.
 */
const MAGIC = 0x44494c53;
const VERSION = 1;
const HEADER_BYTES = 16;
const STEPS = 127;
/** Only what is worth it: the convolutions and their normalisations are a few hundred numbers. */
const LEAST_MATRIX = 1024;

const isMatrix = ({ shape }: Tensor): boolean => shape.length === 2 && sizeOf(shape) >= LEAST_MATRIX;
const columnsOf = ({ shape }: Tensor): number => shape.at(-1) as number;
const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4;
const bytesOf = (tensor: Tensor): number =>
  isMatrix(tensor) ? 4 * columnsOf(tensor) + padded(sizeOf(tensor.shape)) : 4 * sizeOf(tensor.shape);
const BYTES = TENSORS.reduce((sum, tensor) => sum + bytesOf(tensor), 0);

/** Throws when the model lacks a tensor. */
export function packLid(weights: Weights): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + BYTES);
  let at = HEADER_BYTES;
  for (const tensor of TENSORS) {
    const found = weights.get(tensor.name);
    if (found?.shape.join() !== tensor.shape.join()) {
      throw new Error(`The model has no ${tensor.name} of ${tensor.shape}.`);
    }
    if (isMatrix(tensor)) quantise(found.values, columnsOf(tensor), bytes.buffer, at);
    else new Float32Array(bytes.buffer, at, found.values.length).set(found.values);
    at += bytesOf(tensor);
  }
  new Uint32Array(bytes.buffer, 0, 4).set([MAGIC, VERSION, BYTES, checksum(bytes.buffer)]);
  return bytes;
}

/** Throws when the file is not whole, was changed, or is another one. */
export function unpackLid(file: ArrayBuffer): Weights {
  if (file.byteLength !== HEADER_BYTES + BYTES) throw new Error('The weights have another length.');
  const [magic, version, bytes, sum] = new Uint32Array(file, 0, 4);
  if (magic !== MAGIC || version !== VERSION || bytes !== BYTES || sum !== checksum(file)) {
    throw new Error('The weights are damaged.');
  }
  const weights = new Map<string, { shape: number[]; values: Float32Array }>();
  let at = HEADER_BYTES;
  for (const tensor of TENSORS) {
    const size = sizeOf(tensor.shape);
    const values = isMatrix(tensor)
      ? restored(file, at, columnsOf(tensor), size)
      : new Float32Array(file.slice(at, at + 4 * size));
    weights.set(tensor.name, { shape: [...tensor.shape], values });
    at += bytesOf(tensor);
  }
  return weights;
}

function quantise(values: Float32Array, columns: number, buffer: ArrayBuffer, at: number): void {
  const scales = new Float32Array(buffer, at, columns);
  const steps = new Int8Array(buffer, at + 4 * columns, values.length);
  for (let index = 0; index < values.length; index += 1) {
    const column = index % columns;
    scales[column] = Math.max(scales[column] as number, Math.abs(values[index] as number) / STEPS);
  }
  for (let index = 0; index < values.length; index += 1) {
    steps[index] = Math.round((values[index] as number) / ((scales[index % columns] as number) || 1));
  }
}

function restored(buffer: ArrayBuffer, at: number, columns: number, size: number): Float32Array {
  const scales = new Float32Array(buffer, at, columns);
  const steps = new Int8Array(buffer, at + 4 * columns, size);
  const values = new Float32Array(size);
  for (let index = 0; index < size; index += 1) {
    values[index] = (steps[index] as number) * (scales[index % columns] as number);
  }
  return values;
}

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) over words of four bytes after the header. */
function checksum(file: ArrayBuffer): number {
  const words = new Uint32Array(file, HEADER_BYTES);
  let hash = 0x811c9dc5;
  for (let at = 0; at < words.length; at += 1) hash = Math.imul(hash ^ (words[at] as number), 0x01000193);
  return hash >>> 0;
}

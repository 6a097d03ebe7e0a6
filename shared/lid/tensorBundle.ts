import type { Weights } from '../vad/onnxWeights.ts';
import { maskedCrc32c } from './crc32c.ts';

/**
 * The float tensors of a TensorFlow checkpoint by name. Its index is a sorted table as LevelDB writes it
 * (https://github.com/google/leveldb/blob/main/doc/table_format.md), its values are messages of
 * https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/tensor_bundle.proto. Every block of
 * the index and every tensor has a checksum, and all are checked.
 */
const FOOTER_BYTES = 48;
/** The table's magic number, low half first. */
const MAGIC = [0x8b80fb57, 0xdb477524] as const;
const BLOCK_TRAILER_BYTES = 5;
const UNCOMPRESSED = 0;
const TYPE_FLOAT = 1;
/** What Keras appends to the name of every variable. */
const SUFFIX = '/.ATTRIBUTES/VARIABLE_VALUE';

type Found = { dtype: number; shape: number[]; shard: number; offset: number; size: number; crc: number };
type Handle = { offset: number; size: number };

/** Throws when a file is cut off, was changed, or is no checkpoint of one shard. */
export function readTensorBundle(index: Uint8Array, data: Uint8Array): Weights {
  const weights = new Map<string, { shape: number[]; values: Float32Array }>();
  for (const [key, value] of tableOf(index)) {
    if (key === '') checkHeader(value);
    else {
      const found = entryOf(value);
      if (found.dtype !== TYPE_FLOAT) continue;
      const name = key.endsWith(SUFFIX) ? key.slice(0, -SUFFIX.length) : key;
      weights.set(name, { shape: found.shape, values: valuesOf(name, found, data) });
    }
  }
  return weights;
}

function valuesOf(name: string, { shape, shard, offset, size, crc }: Found, data: Uint8Array): Float32Array {
  const count = shape.reduce((all, one) => all * one, 1);
  if (shard !== 0 || size !== 4 * count || offset + size > data.length) {
    throw new Error(`The checkpoint is cut off at ${name}.`);
  }
  // A copy of its own, for the alignment (`slice` of a Node buffer is a view).
  const bytes = new Uint8Array(data.subarray(offset, offset + size));
  if (maskedCrc32c(bytes) !== crc) throw new Error(`The checkpoint is damaged at ${name}.`);
  return new Float32Array(bytes.buffer);
}

/** One shard, little-endian, is all that this model has. */
function checkHeader(value: Uint8Array): void {
  for (const { number, value: field } of fields(value)) {
    if (number === 1 && field !== 1) throw new Error('The checkpoint has several shards.');
    if (number === 2 && field !== 0) throw new Error('The checkpoint is big-endian.');
  }
}

function entryOf(value: Uint8Array): Found {
  const found: Found = { dtype: 0, shape: [], shard: 0, offset: 0, size: 0, crc: 0 };
  for (const { number, value: field } of fields(value)) {
    if (number === 2 && typeof field !== 'number') found.shape = shapeOf(field);
    if (typeof field !== 'number') continue;
    if (number === 1) found.dtype = field;
    else if (number === 3) found.shard = field;
    else if (number === 4) found.offset = field;
    else if (number === 5) found.size = field;
    else if (number === 6) found.crc = field;
  }
  return found;
}

function shapeOf(message: Uint8Array): number[] {
  return fields(message)
    .filter(({ number }) => number === 2)
    .map(({ value }) => {
      const size = typeof value === 'number' ? null : fields(value).find(({ number }) => number === 1)?.value;
      return typeof size === 'number' ? size : 0;
    });
}

function tableOf(file: Uint8Array): [key: string, value: Uint8Array][] {
  const at = file.length - FOOTER_BYTES;
  if (at < 0) throw new Error('The checkpoint’s index is cut off.');
  const footer = file.subarray(at);
  const view = new DataView(footer.buffer, footer.byteOffset, footer.byteLength);
  if (view.getUint32(40, true) !== MAGIC[0] || view.getUint32(44, true) !== MAGIC[1]) {
    throw new Error('The file is not the index of a checkpoint.');
  }
  const [, afterMeta] = handleOf(footer, 0);
  const [top] = handleOf(footer, afterMeta);
  return entriesOf(blockOf(file, top)).flatMap(([, handle]) =>
    entriesOf(blockOf(file, handleOf(handle, 0)[0])).map(([key, value]): [string, Uint8Array] => [
      new TextDecoder().decode(key),
      value,
    ]),
  );
}

function handleOf(bytes: Uint8Array, at: number): [handle: Handle, next: number] {
  const [offset, middle] = varint(bytes, at);
  const [size, next] = varint(bytes, middle);
  return [{ offset, size }, next];
}

function blockOf(file: Uint8Array, { offset, size }: Handle): Uint8Array {
  const end = offset + size;
  if (end + BLOCK_TRAILER_BYTES > file.length || size < 4) {
    throw new Error('The checkpoint’s index is cut off.');
  }
  const crc = new DataView(file.buffer, file.byteOffset).getUint32(end + 1, true);
  if (maskedCrc32c(file.subarray(offset, end + 1)) !== crc)
    throw new Error('The checkpoint’s index is damaged.');
  if (file[end] !== UNCOMPRESSED) throw new Error('The checkpoint’s index is compressed.');
  return file.subarray(offset, end);
}

/** Keys share their beginning with the one before. */
function entriesOf(block: Uint8Array): [key: Uint8Array, value: Uint8Array][] {
  const restarts = new DataView(block.buffer, block.byteOffset, block.byteLength).getUint32(
    block.length - 4,
    true,
  );
  const end = block.length - 4 * (restarts + 1);
  const entries: [Uint8Array, Uint8Array][] = [];
  let key = new Uint8Array();
  for (let at = 0; at < end; ) {
    const [shared, afterShared] = varint(block, at);
    const [fresh, afterFresh] = varint(block, afterShared);
    const [size, start] = varint(block, afterFresh);
    const valueAt = start + fresh;
    if (shared > key.length || valueAt + size > end) throw new Error('The checkpoint’s index is cut off.');
    const next = new Uint8Array(shared + fresh);
    next.set(key.subarray(0, shared));
    next.set(block.subarray(start, valueAt), shared);
    key = next;
    entries.push([key, block.subarray(valueAt, valueAt + size)]);
    at = valueAt + size;
  }
  return entries;
}

type Field = { number: number; value: number | Uint8Array };

/** https://protobuf.dev/programming-guides/encoding/ */
function fields(bytes: Uint8Array): Field[] {
  const found: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [key, start] = varint(bytes, at);
    const number = Math.floor(key / 8);
    const wire = key % 8;
    if (wire === 0) {
      const [value, next] = varint(bytes, start);
      found.push({ number, value });
      at = next;
    } else if (wire === 2) {
      const [length, from] = varint(bytes, start);
      if (from + length > bytes.length) throw new Error('The checkpoint’s index is cut off.');
      found.push({ number, value: bytes.subarray(from, from + length) });
      at = from + length;
    } else if (wire === 5 && start + 4 <= bytes.length) {
      const value = new DataView(bytes.buffer, bytes.byteOffset).getUint32(start, true);
      found.push({ number, value });
      at = start + 4;
    } else throw new Error('The checkpoint’s index is damaged.');
  }
  return found;
}

function varint(bytes: Uint8Array, from: number): [value: number, next: number] {
  let value = 0;
  for (let at = from, scale = 1; at < bytes.length && at < from + 8; at += 1, scale *= 128) {
    const byte = bytes[at] as number;
    value += (byte % 128) * scale;
    if (byte < 128) return [value, at + 1];
  }
  throw new Error('The checkpoint’s index is cut off.');
}

/**
 * The constants of an ONNX model by name, its graph left aside. Reads only what it needs of the protobuf:
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (field numbers) and
 * https://protobuf.dev/programming-guides/encoding/ (wire types).
 */
export type Weights = ReadonlyMap<string, { shape: number[]; values: Float32Array }>;

const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const GRAPH_INITIALIZER = 5;
const NODE_OUTPUT = 2;
const NODE_ATTRIBUTE = 5;
const ATTRIBUTE_TENSOR = 5;
const ATTRIBUTE_GRAPH = 6;
const TENSOR_DIMS = 1;
const TENSOR_TYPE = 2;
const TENSOR_NAME = 8;
const TENSOR_RAW = 9;
const TYPE_FLOAT = 1;

type Field = { number: number; value: number | Uint8Array };

/** Constants of all graphs inside each other. Throws when the file is not a whole model. */
export function readOnnxWeights(file: Uint8Array): Weights {
  const weights = new Map<string, { shape: number[]; values: Float32Array }>();
  for (const { number, value } of fields(file)) {
    if (number === MODEL_GRAPH && typeof value !== 'number') readGraph(value, weights);
  }
  return weights;
}

type Found = Map<string, { shape: number[]; values: Float32Array }>;

function readGraph(graph: Uint8Array, found: Found): void {
  for (const { number, value } of fields(graph)) {
    if (typeof value === 'number') continue;
    if (number === GRAPH_INITIALIZER) readTensor(value, null, found);
    else if (number === GRAPH_NODE) readNode(value, found);
  }
}

function readNode(node: Uint8Array, found: Found): void {
  const parts = fields(node);
  const output = parts.find(({ number }) => number === NODE_OUTPUT)?.value;
  const name = output instanceof Uint8Array ? new TextDecoder().decode(output) : '';
  for (const { number, value } of parts) {
    if (number !== NODE_ATTRIBUTE || typeof value === 'number') continue;
    for (const attribute of fields(value)) {
      if (typeof attribute.value === 'number') continue;
      if (attribute.number === ATTRIBUTE_GRAPH) readGraph(attribute.value, found);
      else if (attribute.number === ATTRIBUTE_TENSOR) readTensor(attribute.value, name, found);
    }
  }
}

function readTensor(tensor: Uint8Array, outerName: string | null, found: Found): void {
  let name = outerName;
  let raw: Uint8Array | null = null;
  let type = 0;
  const shape: number[] = [];
  for (const { number, value } of fields(tensor)) {
    if (number === TENSOR_TYPE && typeof value === 'number') type = value;
    else if (number === TENSOR_DIMS) shape.push(...(typeof value === 'number' ? [value] : varints(value)));
    else if (number === TENSOR_RAW && typeof value !== 'number') raw = value;
    else if (number === TENSOR_NAME && typeof value !== 'number') name ??= new TextDecoder().decode(value);
  }
  if (name && raw && type === TYPE_FLOAT) {
    found.set(name, { shape, values: new Float32Array(new Uint8Array(raw).buffer) });
  }
}

function fields(bytes: Uint8Array): Field[] {
  const found: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [key, afterKey] = varint(bytes, at);
    const number = Math.floor(key / 8);
    const wire = key % 8;
    if (wire === 0) {
      const [value, next] = varint(bytes, afterKey);
      found.push({ number, value });
      at = next;
    } else if (wire === 2) {
      const [length, start] = varint(bytes, afterKey);
      if (start + length > bytes.length) throw new Error('The model is cut off.');
      found.push({ number, value: bytes.subarray(start, start + length) });
      at = start + length;
    } else if (wire === 1 || wire === 5) at = afterKey + (wire === 1 ? 8 : 4);
    else throw new Error('The file is not an ONNX model.');
  }
  return found;
}

function varints(bytes: Uint8Array): number[] {
  const values: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [value, next] = varint(bytes, at);
    values.push(value);
    at = next;
  }
  return values;
}

function varint(bytes: Uint8Array, from: number): [value: number, next: number] {
  let value = 0;
  for (let at = from, scale = 1; at < bytes.length; at += 1, scale *= 128) {
    const byte = bytes[at] as number;
    value += (byte % 128) * scale;
    if (byte < 128) return [value, at + 1];
  }
  throw new Error('The model is cut off.');
}

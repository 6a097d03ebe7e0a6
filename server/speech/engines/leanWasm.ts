/**
 * Splits a WebAssembly binary into a program without data and the data to be put into its memory. A module keeps
 * all its bytes for as long as it lives; for a program with 17 MB of voices inside that is memory for nothing.
 * Binary format: https://webassembly.github.io/spec/core/binary/modules.html
 */
export type LeanWasm = {
  module: WebAssembly.Module;
  /** Views of the given binary. */
  segments: { at: number; bytes: Uint8Array }[];
};

const HEADER_BYTES = 8;
const CUSTOM_SECTION = 0;
const DATA_SECTION = 11;
const ACTIVE_SEGMENT = 0;
const I32_CONST = 0x41;
const END = 0x0b;

class Reader {
  readonly #bytes: Uint8Array;
  at: number;
  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }
  byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new Error('The WebAssembly binary is cut off.');
    return byte;
  }
  /** LEB128, unsigned. */
  number(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Error('The WebAssembly binary is not valid.');
  }
  expect(byte: number): void {
    if (this.byte() !== byte) throw new Error('The WebAssembly binary has data of an unexpected kind.');
  }
}

function readSegments(binary: Uint8Array, from: number): LeanWasm['segments'] {
  const reader = new Reader(binary, from);
  return Array.from({ length: reader.number() }, () => {
    reader.expect(ACTIVE_SEGMENT);
    reader.expect(I32_CONST);
    const at = reader.number();
    reader.expect(END);
    const length = reader.number();
    const bytes = binary.subarray(reader.at, reader.at + length);
    reader.at += length;
    return { at, bytes };
  });
}

/** Throws when the binary is not valid. */
export function leanWasm(binary: Uint8Array): LeanWasm {
  const kept: Uint8Array[] = [binary.subarray(0, HEADER_BYTES)];
  let segments: LeanWasm['segments'] = [];
  const reader = new Reader(binary, HEADER_BYTES);
  while (reader.at < binary.length) {
    const start = reader.at;
    const section = reader.byte();
    const length = reader.number();
    const end = reader.at + length;
    if (section === DATA_SECTION) segments = readSegments(binary, reader.at);
    else if (section !== CUSTOM_SECTION) kept.push(binary.subarray(start, end));
    reader.at = end;
  }
  return { module: new WebAssembly.Module(Buffer.concat(kept)), segments };
}

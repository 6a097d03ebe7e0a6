import { leanWasm } from './leanWasm.ts';

/**
 * The part of WASI preview 1 that a command needs which reads its arguments and writes one file: no file system, no
 * environment, no clock. (Node's own `node:wasi` is experimental and works on real directories.)
 * Function names and layouts: https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md
 */
const OK = 0;
const BAD_DESCRIPTOR = 8;
const ROOT = 3;
const FILE = 4;
const TYPE_CHARACTER_DEVICE = 2;
const TYPE_DIRECTORY = 3;
const TYPE_FILE = 4;
const ALL_RIGHTS = 0x1fff_ffffn;
const IOVEC_BYTES = 8;

class Exit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

type Chunk = { at: number; bytes: Uint8Array };

/** Runs one WASI command many times, each time from fresh memory. */
export class WasiCommand {
  readonly #instance: WebAssembly.Instance;
  readonly #memory: WebAssembly.Memory;
  /** The program's variables as they are before a run; below them are only its constants (wasm-ld's order). */
  readonly #variables: { at: number; bytes: Uint8Array };
  #args: Uint8Array[] = [];
  #chunks: Chunk[] = [];
  #position = 0;
  #console = '';

  constructor(binary: Uint8Array) {
    const { module, segments } = leanWasm(binary);
    this.#instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: this.#imports() });
    this.#memory = this.#instance.exports.memory as WebAssembly.Memory;
    const memory = new Uint8Array(this.#memory.buffer);
    for (const { at, bytes } of segments) memory.set(bytes, at);
    const { at, bytes } = segments.at(-1) ?? { at: 0, bytes: new Uint8Array() };
    this.#variables = { at, bytes: Uint8Array.from(bytes) };
  }

  /** The file that the command wrote. Throws with what it printed when it fails. */
  run(args: readonly string[]): Uint8Array {
    const memory = new Uint8Array(this.#memory.buffer);
    const { at, bytes } = this.#variables;
    memory.fill(0, at);
    memory.set(bytes, at);
    const encoder = new TextEncoder();
    this.#args = args.map((arg) => encoder.encode(`${arg}\0`));
    this.#chunks = [];
    this.#position = 0;
    this.#console = '';
    try {
      (this.#instance.exports._start as () => void)();
    } catch (error) {
      if (!(error instanceof Exit) || error.code !== 0) {
        throw new Error(`${String(error)} ${this.#console}`.trim(), { cause: error });
      }
    }
    const file = new Uint8Array(this.#size());
    for (const { at, bytes } of this.#chunks) file.set(bytes, at);
    return file;
  }

  #size(): number {
    return this.#chunks.reduce((size, { at, bytes }) => Math.max(size, at + bytes.length), 0);
  }

  #imports(): WebAssembly.ModuleImports {
    const view = () => new DataView(this.#memory.buffer);
    const bytes = (at: number, length: number) => new Uint8Array(this.#memory.buffer, at, length);
    return {
      args_sizes_get: (count: number, size: number) => {
        view().setUint32(count, this.#args.length, true);
        view().setUint32(
          size,
          this.#args.reduce((sum, arg) => sum + arg.length, 0),
          true,
        );
        return OK;
      },
      args_get: (pointers: number, buffer: number) => {
        let at = buffer;
        this.#args.forEach((arg, index) => {
          view().setUint32(pointers + 4 * index, at, true);
          bytes(at, arg.length).set(arg);
          at += arg.length;
        });
        return OK;
      },
      clock_time_get: (_id: number, _precision: bigint, out: number) => {
        view().setBigUint64(out, 0n, true);
        return OK;
      },
      fd_close: () => OK,
      fd_fdstat_get: (descriptor: number, out: number) => {
        if (descriptor > FILE) return BAD_DESCRIPTOR;
        const type =
          descriptor === ROOT ? TYPE_DIRECTORY : descriptor === FILE ? TYPE_FILE : TYPE_CHARACTER_DEVICE;
        view().setUint8(out, type);
        view().setUint16(out + 2, 0, true);
        view().setBigUint64(out + 8, ALL_RIGHTS, true);
        view().setBigUint64(out + 16, ALL_RIGHTS, true);
        return OK;
      },
      fd_fdstat_set_flags: () => OK,
      fd_prestat_get: (descriptor: number, out: number) => {
        if (descriptor !== ROOT) return BAD_DESCRIPTOR;
        view().setUint32(out, 0, true);
        view().setUint32(out + 4, 1, true);
        return OK;
      },
      fd_prestat_dir_name: (_descriptor: number, out: number) => {
        view().setUint8(out, '/'.charCodeAt(0));
        return OK;
      },
      fd_read: () => BAD_DESCRIPTOR,
      fd_seek: (_descriptor: number, offset: bigint, whence: number, out: number) => {
        const origin = whence === 0 ? 0 : whence === 1 ? this.#position : this.#size();
        this.#position = origin + Number(offset);
        view().setBigUint64(out, BigInt(this.#position), true);
        return OK;
      },
      fd_write: (descriptor: number, vectors: number, count: number, out: number) => {
        let written = 0;
        for (let index = 0; index < count; index++) {
          const at = view().getUint32(vectors + IOVEC_BYTES * index, true);
          const length = view().getUint32(vectors + IOVEC_BYTES * index + 4, true);
          const chunk = bytes(at, length).slice();
          if (descriptor === FILE) {
            this.#chunks.push({ at: this.#position, bytes: chunk });
            this.#position += length;
          } else {
            this.#console += new TextDecoder().decode(chunk);
          }
          written += length;
        }
        view().setUint32(out, written, true);
        return OK;
      },
      path_open: (...args: unknown[]) => {
        this.#position = 0;
        view().setUint32(args.at(-1) as number, FILE, true);
        return OK;
      },
      proc_exit: (code: number) => {
        throw new Exit(code);
      },
    };
  }
}

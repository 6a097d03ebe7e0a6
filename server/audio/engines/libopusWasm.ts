import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** The functions of libopus as `@evan/opus` compiles them to WebAssembly. */
type LibopusExports = {
  memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  free(pointer: number): void;
  opus_decoder_get_size(channels: number): number;
  opus_decoder_init(decoder: number, rateHz: number, channels: number): number;
  opus_decode(
    decoder: number,
    data: number,
    bytes: number,
    pcm: number,
    samples: number,
    fec: number,
  ): number;
  opus_encoder_get_size(channels: number): number;
  opus_encoder_init(encoder: number, rateHz: number, channels: number, application: number): number;
  opus_encode(encoder: number, pcm: number, samples: number, data: number, bytes: number): number;
  opus_encoder_ctl_set(encoder: number, request: number, value: number): number;
};

const OPUS_OK = 0;
export const MAX_PACKET_BYTES = 4000;
/** 120 ms at 48 kHz. */
const MAX_SAMPLES = 5760;

/**
 * libopus in a sandbox: whatever a packet holds, the worst that decoding it can do is to fail. Its decoder gives what
 * the package's own wrapper does not: concealment and in-band FEC.
 */
export class Libopus {
  readonly exports: LibopusExports;
  /** Scratch memory for one packet and its samples; calls are synchronous, so that one is enough. */
  readonly packetPointer: number;
  readonly pcmPointer: number;

  private constructor(exports: LibopusExports) {
    this.exports = exports;
    this.packetPointer = exports.malloc(MAX_PACKET_BYTES);
    this.pcmPointer = exports.malloc(MAX_SAMPLES * Int16Array.BYTES_PER_ELEMENT);
  }

  static async load(): Promise<Libopus> {
    const file = createRequire(import.meta.url).resolve('@evan/opus/wasm/simd.wasm');
    const nothing = () => 0;
    const { instance } = await WebAssembly.instantiate(await readFile(file), {
      wasi_snapshot_preview1: { proc_exit: nothing, fd_close: nothing, fd_write: nothing, fd_seek: nothing },
      env: { emscripten_notify_memory_growth: nothing },
    });
    return new Libopus(instance.exports as unknown as LibopusExports);
  }

  /** Memory of `bytes` for a codec's state, set up by `init`. */
  state(bytes: number, init: (pointer: number) => number): number {
    const pointer = this.exports.malloc(bytes);
    if (pointer !== 0 && init(pointer) === OPUS_OK) return pointer;
    this.exports.free(pointer);
    throw new Error('libopus cannot set up a codec.');
  }

  /** Views are made anew each time: they die when the memory grows. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer);
  }

  pcm(samples: number): Int16Array {
    return new Int16Array(this.exports.memory.buffer, this.pcmPointer, samples);
  }
}

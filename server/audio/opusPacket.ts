/** The outside of an Opus packet (RFC 6716, section 3): what it says about itself before anything is decoded. */

export type OpusPacket = {
  mode: 'silk' | 'hybrid' | 'celt';
  stereo: boolean;
  /** Length of one frame in ticks of 48 kHz. */
  frameTicks: number;
  /** Length of the whole packet in ticks of 48 kHz: at most 5760, that is 120 ms. */
  ticks: number;
  /** Bytes of each frame; 0 is a frame that was not sent (DTX). */
  frameBytes: number[];
};

const TICKS_PER_MS = 48;
const MAX_TICKS = 120 * TICKS_PER_MS;
const MAX_FRAME_BYTES = 1275;
/** Frame lengths by the low bits of the configuration number (RFC 6716, table 2). */
const SILK_MS = [10, 20, 40, 60] as const;
const HYBRID_MS = [10, 20] as const;
const CELT_MS = [2.5, 5, 10, 20] as const;

/** Reads a packet's structure; null where the RFC's rules R1–R7 (section 3.4) are broken. Never throws. */
export function parseOpusPacket(bytes: Uint8Array): OpusPacket | null {
  const toc = bytes[0];
  if (toc === undefined) return null;
  const frameBytes = frameLengths(bytes, toc & 0x03);
  if (!frameBytes || frameBytes.some((length) => length > MAX_FRAME_BYTES)) return null;
  const { mode, frameMs } = describeConfig(toc >> 3);
  const frameTicks = frameMs * TICKS_PER_MS;
  const ticks = frameTicks * frameBytes.length;
  if (ticks > MAX_TICKS) return null;
  return { mode, stereo: (toc & 0x04) !== 0, frameTicks, ticks, frameBytes };
}

function describeConfig(config: number): { mode: OpusPacket['mode']; frameMs: number } {
  if (config < 12) return { mode: 'silk', frameMs: SILK_MS[(config & 3) as 0 | 1 | 2 | 3] };
  if (config < 16) return { mode: 'hybrid', frameMs: HYBRID_MS[(config & 1) as 0 | 1] };
  return { mode: 'celt', frameMs: CELT_MS[(config & 3) as 0 | 1 | 2 | 3] };
}

function frameLengths(bytes: Uint8Array, code: number): number[] | null {
  const rest = bytes.byteLength - 1;
  if (code === 0) return [rest];
  if (code === 1) return rest % 2 === 0 ? [rest / 2, rest / 2] : null;
  if (code === 2) {
    const first = readLength(bytes, 1);
    if (!first) return null;
    const second = rest - first.size - first.value;
    return second < 0 ? null : [first.value, second];
  }
  return manyFrames(bytes);
}

/** Code 3: any number of frames, with or without lengths of their own and padding (section 3.2.5). */
function manyFrames(bytes: Uint8Array): number[] | null {
  const header = bytes[1];
  if (header === undefined) return null;
  const count = header & 0x3f;
  if (count === 0) return null;
  let at = 2;
  let end = bytes.byteLength;
  if ((header & 0x40) !== 0) {
    let step = 255;
    while (step === 255) {
      const next = bytes[at];
      if (next === undefined) return null;
      step = next;
      at += 1;
      end -= step === 255 ? 254 : step;
    }
  }
  if (end < at) return null;
  if ((header & 0x80) === 0) {
    const each = (end - at) / count;
    return Number.isInteger(each) ? new Array<number>(count).fill(each) : null;
  }
  const lengths: number[] = [];
  let total = 0;
  for (let index = 0; index < count - 1; index += 1) {
    const length = readLength(bytes, at);
    if (!length) return null;
    at += length.size;
    total += length.value;
    lengths.push(length.value);
  }
  const last = end - at - total;
  if (last < 0) return null;
  return [...lengths, last];
}

/** One or two bytes of length (section 3.2.1). */
function readLength(bytes: Uint8Array, at: number): { value: number; size: number } | null {
  const first = bytes[at];
  if (first === undefined) return null;
  if (first < 252) return { value: first, size: 1 };
  const second = bytes[at + 1];
  return second === undefined ? null : { value: first + 4 * second, size: 2 };
}

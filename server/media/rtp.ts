/** RTP packets (RFC 3550, section 5.1), the form in which audio crosses the tap. */

export type RtpPacket = {
  marker: boolean;
  payloadType: number;
  /** 16 bits, wraps. */
  sequence: number;
  /** 32 bits of the media clock (48 kHz for Opus), wraps. */
  timestamp: number;
  ssrc: number;
  /** A view into the packet's bytes; never empty of meaning, but may be of length 0. */
  payload: Uint8Array;
};

const FIXED_HEADER_BYTES = 12;
const VERSION = 2;

/** Reads one packet; null for anything that is not whole RTP version 2. The payload shares the packet's memory. */
export function parseRtp(bytes: Uint8Array): RtpPacket | null {
  if (bytes.byteLength < FIXED_HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint8(0);
  if (flags >> 6 !== VERSION) return null;

  let start = FIXED_HEADER_BYTES + 4 * (flags & 0x0f);
  if ((flags & 0x10) !== 0) {
    if (start + 4 > bytes.byteLength) return null;
    start += 4 + 4 * view.getUint16(start + 2);
  }
  let end = bytes.byteLength;
  if ((flags & 0x20) !== 0) {
    const padding = view.getUint8(end - 1);
    if (padding === 0) return null;
    end -= padding;
  }
  if (start > end) return null;

  const second = view.getUint8(1);
  return {
    marker: (second & 0x80) !== 0,
    payloadType: second & 0x7f,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    payload: bytes.subarray(start, end),
  };
}

/** Writes one packet without CSRC, extensions or padding. Numbers are taken modulo their width. */
export function serializeRtp(packet: RtpPacket): Buffer {
  const bytes = Buffer.allocUnsafe(FIXED_HEADER_BYTES + packet.payload.byteLength);
  bytes[0] = VERSION << 6;
  bytes[1] = (packet.marker ? 0x80 : 0) | (packet.payloadType & 0x7f);
  bytes.writeUInt16BE(packet.sequence & 0xffff, 2);
  bytes.writeUInt32BE(packet.timestamp >>> 0, 4);
  bytes.writeUInt32BE(packet.ssrc >>> 0, 8);
  bytes.set(packet.payload, FIXED_HEADER_BYTES);
  return bytes;
}

/** How far `to` is ahead of `from` in 16-bit sequence numbers: −32768…32767. */
export function sequenceDistance(from: number, to: number): number {
  return ((to - from) << 16) >> 16;
}

/** How far `to` is ahead of `from` in 32-bit timestamps: −2³¹…2³¹−1. */
export function timestampDistance(from: number, to: number): number {
  return (to - from) | 0;
}

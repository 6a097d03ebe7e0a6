import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOpusPacket } from '../../../server/audio/opusPacket.ts';

/** Configuration 9: SILK, wideband, 20 ms. */
const WIDEBAND = 9 << 3;

describe('parseOpusPacket', () => {
  it('reads one frame', () => {
    expect(parseOpusPacket(Uint8Array.of(WIDEBAND, 1, 2, 3))).toEqual({
      mode: 'silk',
      stereo: false,
      frameTicks: 960,
      ticks: 960,
      frameBytes: [3],
    });
  });

  it('reads a DTX packet of the header alone', () => {
    expect(parseOpusPacket(Uint8Array.of(WIDEBAND))).toMatchObject({ ticks: 960, frameBytes: [0] });
  });

  it.each([
    [0, 'silk', 480],
    [3, 'silk', 2880],
    [11, 'silk', 2880],
    [12, 'hybrid', 480],
    [15, 'hybrid', 960],
    [16, 'celt', 120],
    [31, 'celt', 960],
  ])('knows configuration %i as %s of %i ticks', (config, mode, ticks) => {
    expect(parseOpusPacket(Uint8Array.of((config << 3) | 4, 0))).toMatchObject({ mode, ticks, stereo: true });
  });

  it('reads two frames, equal and unequal', () => {
    expect(parseOpusPacket(Uint8Array.of(WIDEBAND | 1, 1, 2, 3, 4))?.frameBytes).toEqual([2, 2]);
    expect(parseOpusPacket(Uint8Array.of(WIDEBAND | 1, 1, 2, 3))).toBeNull();
    expect(parseOpusPacket(Uint8Array.of(WIDEBAND | 2, 1, 9, 8, 7))?.frameBytes).toEqual([1, 2]);
    expect(parseOpusPacket(Uint8Array.of(WIDEBAND | 2, 4, 9, 8, 7))).toBeNull();
    expect(parseOpusPacket(Uint8Array.of(WIDEBAND | 2, 252))).toBeNull();
  });

  it('reads lengths of two bytes', () => {
    const bytes = new Uint8Array(3 + 260);
    bytes.set([WIDEBAND | 2, 252, 1]);
    expect(parseOpusPacket(bytes)?.frameBytes).toEqual([256, 4]);
  });

  it('reads many frames with padding', () => {
    expect(parseOpusPacket(Uint8Array.of(WIDEBAND | 3, 0x40 | 3, 2, 1, 1, 1, 0, 0))?.frameBytes).toEqual([
      1, 1, 1,
    ]);
    expect(parseOpusPacket(Uint8Array.of(WIDEBAND | 3, 0x80 | 3, 1, 0, 7, 8, 9))?.frameBytes).toEqual([
      1, 0, 2,
    ]);
    expect(parseOpusPacket(Uint8Array.of(WIDEBAND | 3, 0x40 | 3, 200, 1, 1, 1))).toBeNull();
    expect(parseOpusPacket(Uint8Array.of(WIDEBAND | 3, 0x40 | 3, 255))).toBeNull();
    expect(parseOpusPacket(Uint8Array.of(WIDEBAND | 3, 2, 1, 1, 1))).toBeNull();
    expect(parseOpusPacket(Uint8Array.of(WIDEBAND | 3, 0))).toBeNull();
    expect(parseOpusPacket(Uint8Array.of(WIDEBAND | 3))).toBeNull();
  });

  it('refuses packets of more than 120 ms and frames of more than 1275 bytes', () => {
    expect(parseOpusPacket(Uint8Array.of(WIDEBAND | 3, 7, 1, 1, 1, 1, 1, 1, 1))).toBeNull();
    expect(parseOpusPacket(new Uint8Array(1277).fill(WIDEBAND, 0, 1))).toBeNull();
    expect(parseOpusPacket(new Uint8Array(1276).fill(WIDEBAND, 0, 1))?.frameBytes).toEqual([1275]);
  });

  it('refuses nothing at all', () => {
    expect(parseOpusPacket(new Uint8Array())).toBeNull();
  });

  it('never throws, and what it accepts keeps within the limits', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1500 }), (bytes) => {
        const packet = parseOpusPacket(bytes);
        if (!packet) return;
        expect(packet.ticks).toBeLessThanOrEqual(5760);
        expect(packet.frameBytes.every((length) => length >= 0 && length <= 1275)).toBe(true);
        expect(packet.frameBytes.reduce((sum, length) => sum + length, 0)).toBeLessThan(bytes.length);
      }),
      { numRuns: 3000 },
    );
  });
});

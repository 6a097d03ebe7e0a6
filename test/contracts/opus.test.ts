import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OpusCodec } from '../../server/audio/codec.ts';
import { openEvanOpus } from '../../server/audio/engines/evanOpus.ts';
import { parseOpusPacket } from '../../server/audio/opusPacket.ts';
import { FRAME_SAMPLES_16K } from '../../shared/audio.ts';
import { babble, framesOf, rms } from '../fakes/voice.ts';

const engines: [name: string, open: () => Promise<OpusCodec>][] = [
  ['native encoder', () => openEvanOpus({ encoder: 'native' })],
  ['WebAssembly encoder', () => openEvanOpus({ encoder: 'wasm' })],
];

describe.each(engines)('Opus port: %s', (_, open) => {
  let codec: OpusCodec;
  beforeAll(async () => {
    codec = await open();
  });

  const packetsOf = (frames: number) => {
    const encoder = codec.encoder();
    const packets = framesOf(babble(frames)).map((frame) => Uint8Array.from(encoder.encode(frame)));
    encoder.close();
    return packets;
  };
  const decodeAll = (packets: Uint8Array[]) => {
    const decoder = codec.decoder();
    const frames = packets.map((packet) => decoder.decode(packet));
    decoder.close();
    return frames;
  };

  it('encodes 20 ms into one packet of 20 ms and back into 320 samples', () => {
    const packets = packetsOf(20);
    for (const packet of packets) expect(parseOpusPacket(packet)?.ticks).toBe(960);
    for (const frame of decodeAll(packets)) expect(frame).toHaveLength(FRAME_SAMPLES_16K);
  });

  it('keeps the sound', () => {
    const source = babble(50);
    const decoded = Float32Array.from(decodeAll(packetsOf(50)).flatMap((frame) => [...frame]));
    let best = 0;
    for (let delay = 0; delay <= 320; delay += 1) best = Math.max(best, correlation(source, decoded, delay));
    expect(best).toBeGreaterThan(0.85);
  });

  it('stays inside −1…1 and survives samples outside of it', () => {
    const encoder = codec.encoder();
    const decoder = codec.decoder();
    const loud = babble(1).map((sample) => sample * 50);
    loud[3] = Number.NaN;
    loud[4] = Number.POSITIVE_INFINITY;
    const decoded = decoder.decode(encoder.encode(loud));
    for (const sample of decoded) expect(Math.abs(sample)).toBeLessThanOrEqual(1);
  });

  it('mends a lost packet from the next one better than by concealment alone', () => {
    const packets = packetsOf(120);
    const clean = decodeAll(packets);
    const withFec = codec.decoder();
    const without = codec.decoder();
    let fecError = 0;
    let plainError = 0;
    packets.forEach((packet, index) => {
      if (index % 10 !== 9 || index === packets.length - 1) {
        withFec.decode(packet);
        without.decode(packet);
        return;
      }
      fecError += distance(withFec.conceal(packets[index + 1]), clean[index]!);
      plainError += distance(without.conceal(), clean[index]!);
    });
    expect(fecError).toBeLessThan(plainError / 2);
  });

  it('conceals with sound that fades, 320 samples at a time', () => {
    const decoder = codec.decoder();
    for (const packet of packetsOf(30)) decoder.decode(packet);
    const concealed = Array.from({ length: 25 }, () => decoder.conceal());
    for (const frame of concealed) expect(frame).toHaveLength(FRAME_SAMPLES_16K);
    expect(rms(concealed[0]!)).toBeGreaterThan(0.02);
    expect(rms(concealed.at(-1)!)).toBeLessThan(rms(concealed[0]!) / 3);
  });

  it('conceals before any packet and with a next packet that is no Opus', () => {
    const decoder = codec.decoder();
    expect(decoder.conceal()).toHaveLength(FRAME_SAMPLES_16K);
    expect(decoder.conceal(Uint8Array.of())).toHaveLength(FRAME_SAMPLES_16K);
    expect(decoder.conceal(Uint8Array.of(0xff, 0x00))).toHaveLength(FRAME_SAMPLES_16K);
  });

  it('decodes packets of several frames to their whole length', () => {
    const [first, second] = packetsOf(2);
    const both = joinEqual(first!, second!);
    expect(codec.decoder().decode(both)).toHaveLength(2 * FRAME_SAMPLES_16K);
  });

  it('answers bytes that are no Opus packet with BAD_REQUEST', () => {
    const decoder = codec.decoder();
    for (const bytes of [
      Uint8Array.of(),
      Uint8Array.of(0x03),
      Uint8Array.of(0x4b, 0xff),
      new Uint8Array(5000),
    ]) {
      expect(() => decoder.decode(bytes)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
    }
  });

  it('survives thousands of random and damaged packets and still decodes a good one', () => {
    const decoder = codec.decoder();
    const good = packetsOf(10);
    const damaged = fc
      .tuple(fc.constantFrom(...good), fc.nat(), fc.nat(255), fc.nat())
      .map(([packet, at, byte, cut]) => {
        const copy = packet.slice(0, 1 + (cut % packet.length));
        copy[at % copy.length] = byte;
        return copy;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), damaged), (bytes) => {
        try {
          expect(decoder.decode(bytes).length).toBeLessThanOrEqual(6 * FRAME_SAMPLES_16K);
        } catch (error) {
          expect(error).toMatchObject({ code: 'BAD_REQUEST' });
        }
        expect(decoder.conceal(bytes)).toHaveLength(FRAME_SAMPLES_16K);
      }),
      { numRuns: 4000 },
    );
    expect(decoder.decode(good[0]!)).toHaveLength(FRAME_SAMPLES_16K);
  });

  it('refuses frames of another length, and everything once it is closed', () => {
    const encoder = codec.encoder();
    expect(() => encoder.encode(new Float32Array(100))).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST' }),
    );
    const packet = encoder.encode(new Float32Array(FRAME_SAMPLES_16K));
    encoder.close();
    encoder.close();
    expect(() => encoder.encode(new Float32Array(FRAME_SAMPLES_16K))).toThrow();
    const decoder = codec.decoder();
    decoder.close();
    decoder.close();
    expect(() => decoder.decode(packet)).toThrow();
    expect(decoder.conceal()).toHaveLength(FRAME_SAMPLES_16K);
  });

  it('keeps many coders apart', () => {
    const packets = packetsOf(5);
    const alone = decodeAll(packets);
    const decoders = Array.from({ length: 40 }, () => codec.decoder());
    const together = packets.map((packet) => decoders.map((decoder) => decoder.decode(packet)));
    together.forEach((frames, index) => {
      for (const frame of frames) expect(frame).toEqual(alone[index]);
    });
    for (const decoder of decoders) decoder.close();
  });
});

function correlation(a: Float32Array, b: Float32Array, delay: number): number {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let index = 3200; index + delay < b.length; index += 1) {
    const x = a[index]!;
    const y = b[index + delay]!;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}

function distance(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, sample, index) => sum + (sample - b[index]!) ** 2, 0);
}

/** Two one-frame packets of the same configuration as one packet of code 2 (RFC 6716, section 3.2.4). */
function joinEqual(a: Uint8Array, b: Uint8Array): Uint8Array {
  return Uint8Array.of((a[0]! & 0xfc) | 2, a.length - 1, ...a.subarray(1), ...b.subarray(1));
}

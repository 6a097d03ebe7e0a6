import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRtp, sequenceDistance, serializeRtp, timestampDistance } from '../../../server/media/rtp.ts';

const packets = fc.record({
  marker: fc.boolean(),
  payloadType: fc.nat(127),
  sequence: fc.nat(0xffff),
  timestamp: fc.nat(0xffffffff),
  ssrc: fc.nat(0xffffffff),
  payload: fc.uint8Array({ maxLength: 200 }),
});

describe('RTP', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(packets, (packet) => {
        const read = parseRtp(serializeRtp(packet));
        expect(read && { ...read, payload: [...read.payload] }).toEqual({
          ...packet,
          payload: [...packet.payload],
        });
      }),
    );
  });

  it('finds the payload behind contributing sources and an extension, and before padding', () => {
    fc.assert(
      fc.property(
        packets,
        fc.nat(15),
        fc.option(fc.nat(8)),
        fc.nat(20),
        (packet, sources, words, padding) => {
          const plain = serializeRtp(packet);
          const extension =
            words === null ? [] : [0xbe, 0xde, 0, words, ...new Array<number>(words * 4).fill(7)];
          const pad = padding === 0 ? [] : [...new Array<number>(padding - 1).fill(0), padding];
          const bytes = Uint8Array.of(
            0x80 | sources | (words === null ? 0 : 0x10) | (padding === 0 ? 0 : 0x20),
            ...plain.subarray(1, 12),
            ...new Array<number>(sources * 4).fill(9),
            ...extension,
            ...packet.payload,
            ...pad,
          );
          expect([...(parseRtp(bytes)?.payload ?? [])]).toEqual([...packet.payload]);
        },
      ),
    );
  });

  it('answers anything cut short or foreign with null and never throws', () => {
    expect(parseRtp(new Uint8Array())).toBeNull();
    expect(parseRtp(new Uint8Array(12))).toBeNull();
    expect(parseRtp(Uint8Array.of(0x8f, ...new Array<number>(11).fill(0)))).toBeNull();
    expect(parseRtp(Uint8Array.of(0x90, ...new Array<number>(13).fill(0)))).toBeNull();
    expect(parseRtp(Uint8Array.of(0xa0, ...new Array<number>(12).fill(0)))).toBeNull();
    expect(parseRtp(Uint8Array.of(0xa0, ...new Array<number>(11).fill(0), 200))).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const packet = parseRtp(bytes);
        if (packet) expect(packet.payload.length).toBeLessThanOrEqual(bytes.length - 12);
      }),
      { numRuns: 3000 },
    );
  });

  it('takes a view into a larger buffer', () => {
    const bytes = serializeRtp({
      marker: true,
      payloadType: 100,
      sequence: 1,
      timestamp: 2,
      ssrc: 3,
      payload: Uint8Array.of(5),
    });
    const larger = Buffer.concat([Buffer.alloc(7, 0xff), bytes, Buffer.alloc(3, 0xff)]);
    const read = parseRtp(larger.subarray(7, 7 + bytes.length));
    expect(read?.ssrc).toBe(3);
    expect([...(read?.payload ?? [])]).toEqual([5]);
  });

  it('measures distances across the wrap', () => {
    expect(sequenceDistance(0xffff, 0)).toBe(1);
    expect(sequenceDistance(0, 0xffff)).toBe(-1);
    expect(timestampDistance(0xffffffff, 959)).toBe(960);
    expect(timestampDistance(100, 0xffffffff)).toBe(-101);
  });
});

import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { OpusDecoder } from '../../../server/audio/codec.ts';
import type { AudioFrame } from '../../../server/audio/receiver.ts';
import { AudioReceiver } from '../../../server/audio/receiver.ts';
import type { RtpPacket } from '../../../server/media/rtp.ts';
import { FakeClock } from '../../fakes/clock.ts';

/** SILK wideband: 10, 20, 40, 60 ms by the low bits of the configuration. */
const CONFIG = { 10: 8, 20: 9, 40: 10, 60: 11 } as const;
const SSRC = 0xfeed;

/** Decodes to the packet's own number, so that a test sees which packet became which sound. */
const tellingDecoder = (): OpusDecoder => {
  const ms = (packet: Uint8Array) => [10, 20, 40, 60][(packet[0]! >> 3) & 3]!;
  return {
    decode(packet) {
      if (packet[1] === 0xff && packet[2] === 0xff) throw new Error('damaged');
      return new Float32Array(ms(packet) * 16).fill(packet.length > 2 ? packet[1]! * 256 + packet[2]! : 0.5);
    },
    conceal: (next) => new Float32Array(320).fill(next ? -(next[1]! * 256 + next[2]!) : -1),
    close() {},
  };
};

const packet = (number: number, extra: Partial<RtpPacket> & { ms?: keyof typeof CONFIG } = {}): RtpPacket => {
  const { ms = 20, ...rest } = extra;
  return {
    marker: false,
    payloadType: 100,
    sequence: number & 0xffff,
    timestamp: (number * 960) >>> 0,
    ssrc: SSRC,
    payload: Uint8Array.of(CONFIG[ms] << 3, (number >> 8) & 0x7f, number & 0xff),
    ...rest,
  };
};

describe('AudioReceiver', () => {
  let clock: FakeClock;
  let receiver: AudioReceiver;
  let frames: AudioFrame[];
  beforeEach(() => {
    clock = new FakeClock({ nowMs: 1000 });
    receiver = new AudioReceiver({ decoder: tellingDecoder(), clock });
    frames = [];
    receiver.on('frame', (frame) => frames.push(frame));
  });

  const kinds = () => frames.map(({ kind }) => kind);
  const sounds = () => frames.map(({ pcm16k }) => pcm16k[0]!);
  /** Sends packets 20 ms apart. */
  const talk = (from: number, count: number) => {
    for (let number = from; number < from + count; number += 1) {
      receiver.push(packet(number));
      clock.advance(20);
    }
  };

  it('takes what waited in a stalled connection, and no more than time has for it', () => {
    let floods = 0;
    receiver.on('flood', () => {
      floods += 1;
    });
    for (let number = 0; number < 450; number += 1) receiver.push(packet(number));
    expect(frames).toHaveLength(450);
    // Each packet claims to come half a second after the one before.
    for (let number = 450; number < 2_000; number += 1) {
      receiver.push(packet(number, { timestamp: (450 * 960 + (number - 449) * 24_000) >>> 0 }));
    }
    expect(frames.length).toBeLessThan(600);
    expect(floods).toBeGreaterThan(0);
    const before = frames.length;
    clock.advance(60_000);
    expect(frames.length - before).toBeLessThan(3_010);
    expect(receiver.stats.excess).toBeGreaterThan(1_000);
  });

  it('passes on what comes in order at once', () => {
    for (let number = 1; number <= 5; number += 1) {
      receiver.push(packet(number));
      expect(frames).toHaveLength(number);
      clock.advance(20);
    }
    expect(sounds()).toEqual([1, 2, 3, 4, 5]);
    expect(kinds()).toEqual(new Array(5).fill('decoded'));
  });

  it('goes on across the wrap of the sequence number and of the timestamp', () => {
    const start = 65_534;
    for (let step = 0; step < 4; step += 1) {
      receiver.push(packet(start + step, { timestamp: (0xffffffff - 960 + step * 960) >>> 0 }));
      clock.advance(20);
    }
    expect(kinds()).toEqual(new Array(4).fill('decoded'));
    expect(receiver.stats).toMatchObject({ lost: 0, late: 0, resets: 0 });
  });

  it('puts packets that overtake one another back in order', () => {
    receiver.push(packet(1));
    clock.advance(20);
    receiver.push(packet(3));
    expect(frames).toHaveLength(1);
    clock.advance(20);
    receiver.push(packet(2));
    expect(sounds()).toEqual([1, 2, 3]);
    expect(receiver.stats).toMatchObject({ lost: 0, late: 0, concealedMs: 0 });
  });

  it('waits for a hole until the packet is 40 ms overdue, then mends it from the next packet', () => {
    receiver.push(packet(1));
    clock.advance(40);
    receiver.push(packet(3));
    clock.advance(19);
    expect(frames).toHaveLength(1);
    clock.advance(1);
    expect(sounds()).toEqual([1, -3, 3]);
    expect(kinds()).toEqual(['decoded', 'concealed', 'decoded']);
    expect(receiver.stats).toMatchObject({ lost: 1, concealedMs: 20 });
  });

  it('conceals a long hole only for 100 ms, the end of it from the next packet', () => {
    talk(1, 1);
    clock.advance(160);
    const before = frames.length;
    receiver.push(packet(20));
    clock.advance(260);
    receiver.push(packet(40));
    clock.advance(20);
    const after = frames.slice(before);
    expect(after.filter(({ kind }) => kind === 'concealed').length).toBeLessThanOrEqual(10);
    expect(sounds().filter((sound) => sound === 20 || sound === 40)).toEqual([20, 40]);
  });

  it('drops duplicates and what comes too late', () => {
    receiver.push(packet(1));
    receiver.push(packet(1));
    clock.advance(40);
    receiver.push(packet(3));
    receiver.push(packet(3));
    clock.advance(20);
    receiver.push(packet(2));
    expect(sounds()).toEqual([1, -3, 3]);
    expect(receiver.stats).toMatchObject({ late: 2, duplicated: 1 });
  });

  it('fills a jump of the timestamp with exactly that silence', () => {
    talk(1, 2);
    clock.advance(400 - 20);
    receiver.push(packet(3, { timestamp: 3 * 960 + 380 * 48 }));
    expect(frames.filter(({ kind }) => kind === 'silence')).toHaveLength(19);
    expect(frames).toHaveLength(2 + 19 + 1);
    expect(receiver.stats).toMatchObject({ lost: 0, silenceMs: 380 });
  });

  it('makes silence by the clock when nothing comes, and does not count it twice', () => {
    talk(1, 2);
    clock.advance(39);
    expect(frames).toHaveLength(2);
    clock.advance(1);
    expect(kinds()).toEqual(['decoded', 'decoded', 'silence', 'silence']);
    clock.advance(220);
    expect(frames).toHaveLength(15);
    receiver.push(packet(3, { timestamp: (3 + 13) * 960 }));
    expect(frames).toHaveLength(16);
    expect(frames.at(-1)?.kind).toBe('decoded');
  });

  it('makes silence before the first packet', () => {
    clock.advance(100);
    expect(kinds()).toEqual(new Array(4).fill('silence'));
  });

  it('passes a burst after a stall on at once and takes its silence out of the pauses that follow', () => {
    talk(1, 2);
    clock.advance(200);
    const silent = frames.filter(({ kind }) => kind === 'silence').length;
    expect(silent).toBeGreaterThan(0);
    for (let number = 3; number <= 13; number += 1) receiver.push(packet(number));
    expect(sounds().slice(-11)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    for (let pause = 1; pause <= 12; pause += 1) {
      clock.advance(400);
      receiver.push(packet(13 + pause, { timestamp: (13 + 20 * pause) * 960 }));
    }
    expect(frames).toHaveLength(13 + 240);
  });

  it('takes what waits in the socket before it makes silence for a stall of its own event loop', () => {
    talk(1, 2);
    clock.stall(300);
    expect(frames).toHaveLength(2);
    for (let number = 3; number <= 16; number += 1) receiver.push(packet(number));
    clock.advance(20);
    expect(kinds()).toEqual(new Array(16).fill('decoded'));
  });

  it.each([10, 40, 60] as const)('cuts packets of %i ms into frames of 20 ms', (ms) => {
    for (let step = 0; step < 12; step += 1) {
      receiver.push(packet(step + 1, { ms, timestamp: step * ms * 48 }));
      clock.advance(ms);
    }
    expect(frames).toHaveLength((12 * ms) / 20);
    expect(kinds().every((kind) => kind === 'decoded')).toBe(true);
    for (const { pcm16k } of frames) expect(pcm16k).toHaveLength(320);
  });

  it('begins anew with another SSRC', () => {
    talk(1, 2);
    receiver.push(packet(40_000, { ssrc: 7, timestamp: 5 }));
    receiver.push(packet(40_001, { ssrc: 7, timestamp: 965 }));
    expect(sounds()).toHaveLength(4);
    expect(receiver.stats).toMatchObject({ resets: 1, lost: 0 });
  });

  it('believes a jump of the sequence only when a second packet follows it', () => {
    talk(1, 2);
    receiver.push(packet(20_000));
    expect(frames).toHaveLength(2);
    receiver.push(packet(3));
    expect(frames).toHaveLength(3);
    receiver.push(packet(20_001));
    receiver.push(packet(20_002));
    expect(frames).toHaveLength(4);
    expect(receiver.stats.resets).toBe(1);
  });

  it('does not make hours of silence for a timestamp that lies', () => {
    talk(1, 2);
    receiver.push(packet(3, { timestamp: 0x7fffffff }));
    receiver.push(packet(4, { timestamp: 0x7fffffff + 960 }));
    expect(frames).toHaveLength(4);
  });

  it('drops what is no Opus and conceals what cannot be decoded', () => {
    talk(1, 1);
    receiver.push(packet(2, { payload: new Uint8Array() }));
    receiver.push(packet(2, { payload: Uint8Array.of(CONFIG[20] << 3, 0xff, 0xff) }));
    receiver.push(packet(3));
    expect(kinds()).toEqual(['decoded', 'concealed', 'decoded']);
    expect(receiver.stats.invalid).toBe(2);
  });

  it('keeps no more than a second of packets behind a hole', () => {
    talk(1, 1);
    for (let number = 3; number < 300; number += 1) receiver.push(packet(number));
    expect(frames.length).toBeGreaterThan(290);
  });

  it('leaves no timer behind and is silent once closed, in a listener too', () => {
    receiver.on('frame', () => receiver.close());
    talk(1, 1);
    receiver.push(packet(2));
    clock.advance(500);
    receiver.close();
    expect(frames).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('gives as many frames as time has passed, in order, whatever the network does', () => {
    const fates = fc.array(
      fc.record({
        lost: fc.boolean(),
        delayMs: fc.nat(70),
        twice: fc.boolean(),
        pauseMs: fc.oneof(
          { weight: 8, arbitrary: fc.constant(0) },
          { weight: 1, arbitrary: fc.integer({ min: 1, max: 30 }).map((n) => n * 20) },
        ),
      }),
      { minLength: 5, maxLength: 60 },
    );
    fc.assert(
      fc.property(fates, fc.nat(0xffff), fc.nat(0xffffffff), (list, sequence0, timestamp0) => {
        const time = new FakeClock();
        const tested = new AudioReceiver({ decoder: tellingDecoder(), clock: time });
        const heard: AudioFrame[] = [];
        tested.on('frame', (frame) => heard.push(frame));
        let mediaMs = 0;
        list.forEach((fate, index) => {
          mediaMs += index === 0 ? 0 : fate.pauseMs;
          const sent = packet(index + 1, {
            sequence: (sequence0 + index) & 0xffff,
            timestamp: (timestamp0 + mediaMs * 48) >>> 0,
          });
          const edge = index === 0;
          if (edge) tested.push(sent);
          else if (!fate.lost || index % 3 === 0) {
            time.after(mediaMs + fate.delayMs, () => tested.push(sent));
            if (fate.twice) time.after(mediaMs + fate.delayMs + 15, () => tested.push(sent));
          }
          mediaMs += 20;
        });
        // Comfort noise now and then settles the account.
        for (let noise = 0; noise < 40; noise += 1) {
          const sent = packet(list.length + 1 + noise, {
            sequence: (sequence0 + list.length + noise) & 0xffff,
            timestamp: (timestamp0 + mediaMs * 48) >>> 0,
          });
          time.after(mediaMs, () => tested.push(sent));
          mediaMs += 400;
        }
        const lastMs = mediaMs - 400;
        time.advance(lastMs + 41);
        const told = heard.filter(({ kind }) => kind === 'decoded').map(({ pcm16k }) => pcm16k[0]!);
        expect(told).toEqual([...told].sort((a, b) => a - b));
        expect(new Set(told).size).toBe(told.length);
        expect(told.at(-1)).toBe(list.length + 40);
        expect(heard.length).toBe((lastMs + 20) / 20 + silenceSince(heard));
        tested.close();
        expect(time.pending).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});

/** Silence that the clock made after the last packet. */
function silenceSince(heard: AudioFrame[]): number {
  return heard.length - 1 - heard.findLastIndex(({ kind }) => kind === 'decoded');
}

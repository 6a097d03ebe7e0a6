import { beforeEach, describe, expect, it } from 'vitest';
import { PacketWatch } from '../../../server/media/packetWatch.ts';
import { FakeClock } from '../../fakes/clock.ts';

describe('PacketWatch', () => {
  let clock: FakeClock;
  let watch: PacketWatch;
  let told: string[];
  beforeEach(() => {
    clock = new FakeClock();
    told = [];
    watch = new PacketWatch(clock, {
      onQuiet: (sinceMs) => told.push(`quiet for ${sinceMs}`),
      onHeard: () => told.push('heard'),
    });
  });
  const stream = (packets: number, everyMs = 20) => {
    for (let packet = 0; packet < packets; packet += 1) {
      watch.packet();
      clock.advance(everyMs);
    }
  };

  it('takes the packets of a silent microphone for a stream', () => {
    stream(30);
    stream(20, 400);
    expect(told).toEqual([]);
  });

  it('tells once that nothing comes any more, and once that it comes again', () => {
    stream(30);
    clock.advance(5_000);
    expect(told).toEqual([expect.stringMatching(/^quiet for 1[34]\d\d$/)]);
    stream(30);
    expect(told.slice(1)).toEqual(['heard']);
  });

  it('knows of no silence of a microphone that is told to be off', () => {
    stream(30);
    clock.advance(2_000);
    watch.expect(false);
    expect(told.slice(1)).toEqual(['heard']);
    clock.advance(60_000);
    expect(watch.silentMs).toBe(0);
  });

  it('tells for how long nothing came, also of one who is muted and sends silence', () => {
    stream(30);
    watch.expect(false);
    stream(30, 400);
    expect(watch.silentMs).toBe(0);
    clock.advance(8_000);
    expect(watch.silentMs).toBeGreaterThanOrEqual(7_500);
    expect(told).toEqual([]);
  });

  it('expects nothing of a stream that has hardly begun, of a microphone that is off, or after its end', () => {
    stream(5);
    clock.advance(5_000);
    stream(30);
    watch.expect(false);
    clock.advance(5_000);
    watch.expect(true);
    clock.advance(1_000);
    watch.close();
    clock.advance(5_000);
    expect(told).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

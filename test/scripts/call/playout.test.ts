import { describe, expect, test } from 'vitest';
import { Playout } from '../../../scripts/call/playout.ts';

/** Packet number `index` of an even stream. */
const packet = (index: number) => ({
  sequence: (65_530 + index) & 0xffff,
  timestamp: (2 ** 32 - 1920 + index * 960) >>> 0,
});
const inside = { fresh: false };

describe('the playout', () => {
  test('packets of a sender with a lead are heard one after the other', () => {
    const playout = new Playout();
    const heard = [0, 1, 2, 3].map((index) => playout.place(packet(index), 1000, inside)?.playMs);
    expect(heard).toEqual([1000, 1020, 1040, 1060]);
  });

  test('counters wrap without a loss', () => {
    const playout = new Playout();
    for (let index = 0; index < 10; index++) playout.place(packet(index), 1000 + index * 20, inside);
    expect(playout.lostPackets).toBe(0);
  });

  test('a lost packet leaves its time empty and is counted', () => {
    const playout = new Playout();
    playout.place(packet(0), 1000, inside);
    expect(playout.place(packet(2), 1005, inside)).toEqual({ playMs: 1040, gapMs: 0 });
    expect(playout.lostPackets).toBe(1);
  });

  test('duplicates and stragglers are refused', () => {
    const playout = new Playout();
    playout.place(packet(0), 1000, inside);
    playout.place(packet(2), 1040, inside);
    expect(playout.place(packet(2), 1041, inside)).toBeNull();
    expect(playout.place(packet(1), 1042, inside)).toBeNull();
  });

  test('jitter within the buffer is no gap, a longer stall is one, once', () => {
    const playout = new Playout();
    playout.place(packet(0), 1000, inside);
    expect(playout.place(packet(1), 1075, inside)?.gapMs).toBe(0);
    expect(playout.place(packet(2), 1250, inside)?.gapMs).toBe(150);
    expect(playout.place(packet(3), 1270, inside)?.gapMs).toBe(0);
  });

  test('a pause of the sender is no gap', () => {
    const playout = new Playout();
    playout.place(packet(0), 1000, inside);
    expect(playout.place({ ...packet(1), timestamp: packet(100).timestamp }, 3000, inside)).toEqual({
      playMs: 3000,
      gapMs: 0,
    });
  });

  test('after silence nothing waits behind what was played before', () => {
    const playout = new Playout();
    for (let index = 0; index < 5; index++) playout.place(packet(index), 1000, inside);
    expect(playout.place(packet(5), 1010, { fresh: true })?.playMs).toBe(1010);
  });
});

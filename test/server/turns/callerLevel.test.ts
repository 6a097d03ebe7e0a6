import { describe, expect, test } from 'vitest';
import { CallerLevel, levelDb } from '../../../server/turns/callerLevel.ts';

describe('how loud the caller speaks', () => {
  test('nothing is background while nothing is known of the caller', () => {
    const level = new CallerLevel();
    expect(level.isBackground(-60)).toBe(false);
    level.learn(-10, 150);
    level.learn(Number.NEGATIVE_INFINITY, 900);
    expect(level.isBackground(-60)).toBe(false);
  });

  test('speech much quieter than usual is somebody else’s', () => {
    const level = new CallerLevel();
    for (const peakDb of [-18, -12, -15, -40]) level.learn(peakDb, 800);
    expect([level.isBackground(-24), level.isBackground(-30)]).toEqual([false, true]);
  });

  test('follows a caller who speaks lower from now on', () => {
    const level = new CallerLevel();
    for (let count = 0; count < 4; count += 1) level.learn(-12, 800);
    expect(level.isBackground(-30)).toBe(true);
    for (let count = 0; count < 6; count += 1) level.learn(-30, 800);
    expect(level.isBackground(-30)).toBe(false);
  });

  test('a hiss may be much quieter than the caller’s vowels and still be theirs', () => {
    const level = new CallerLevel();
    const quiet = { db: -35, brightness: 0.1 };
    expect(level.isElsewhere([quiet])).toBe(false);
    level.learn(-15, 800);
    expect(level.isElsewhere([quiet])).toBe(true);
    expect(level.isElsewhere([quiet, { db: -35, brightness: 1.4 }])).toBe(false);
    expect(level.isElsewhere([{ db: -42, brightness: 1.4 }])).toBe(true);
  });

  test('a level is the energy of a window beside full scale', () => {
    expect(levelDb(new Float32Array(512).fill(0.1))).toBeCloseTo(-20, 3);
    expect(levelDb(new Float32Array(512))).toBe(Number.NEGATIVE_INFINITY);
  });
});

import { describe, expect, test } from 'vitest';
import { Patience } from '../../../server/turns/patience.ts';

describe('patience', () => {
  test('grows with turns taken too early, up to a bound, and goes with good ones', () => {
    const patience = new Patience();
    patience.cutOff(450);
    expect(patience.ms).toBe(150);
    for (let count = 0; count < 9; count += 1) patience.cutOff(450);
    expect(patience.ms).toBe(450);
    for (let count = 0; count < 12; count += 1) patience.wellTaken();
    expect(patience.ms).toBeLessThan(40);
  });

  test("learns from the caller's own pauses, and only from long ones", () => {
    const short = new Patience();
    for (let count = 0; count < 5; count += 1) short.paused(300);
    expect(short.ms).toBe(0);
    const long = new Patience();
    long.paused(700);
    expect(long.ms).toBe(0);
    for (let count = 0; count < 4; count += 1) long.paused(700);
    expect(long.ms).toBe(250);
    for (let count = 0; count < 50; count += 1) long.paused(5_000);
    expect(long.ms).toBe(300);
  });
});

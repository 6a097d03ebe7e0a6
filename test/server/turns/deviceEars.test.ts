import { describe, expect, test } from 'vitest';
import { DeviceEars } from '../../../server/turns/deviceEars.ts';

const BOUND_MS = 250;

describe('what the device hears', () => {
  test('keeps a turn open while the server is not certain of silence', () => {
    const ears = new DeviceEars();
    ears.push(0.2);
    expect(ears.extraMs).toBe(0);
    ears.hears(true);
    expect(ears.extraMs).toBe(BOUND_MS);
    for (let count = 0; count < 10; count += 1) ears.push(0.001);
    expect(ears.extraMs).toBe(0);
    ears.push(0.2);
    ears.hears(false);
    expect(ears.extraMs).toBe(0);
  });

  test('is the same bound however often it says so, and nothing once it was wrong', () => {
    const ears = new DeviceEars();
    ears.push(0.2);
    for (let count = 0; count < 1_000; count += 1) ears.hears(count % 3 !== 0);
    ears.hears(true);
    expect(ears.extraMs).toBe(BOUND_MS);
    ears.turnEnded();
    expect(ears.extraMs).toBe(0);
    ears.hears(true);
    expect(ears.extraMs).toBe(0);
    ears.hears(false);
    ears.hears(true);
    expect(ears.extraMs).toBe(BOUND_MS);
  });
});

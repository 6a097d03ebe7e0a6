import { beforeEach, expect, test } from 'vitest';
import { NoiseWatch } from '../../../server/call/noiseWatch.ts';
import { FakeClock } from '../../fakes/clock.ts';

let clock: FakeClock;
let told: number;
let watch: NoiseWatch;
beforeEach(() => {
  clock = new FakeClock();
  told = 0;
  watch = new NoiseWatch(clock, () => {
    told += 1;
  });
});

function sounds(count: number, everyMs = 2_000): boolean[] {
  return Array.from({ length: count }, () => {
    clock.advance(everyMs);
    return watch.wordless();
  });
}

test('sounds without words, one after the other, are a noisy line, told once', () => {
  expect(sounds(9)).toEqual([false, false, false, true, false, false, false, false, false]);
  expect(told).toBe(1);
});

test('a word between them starts the count anew', () => {
  sounds(3);
  watch.words();
  sounds(3);
  expect(told).toBe(0);
});

test('a cough now and then is none', () => {
  sounds(20, 15_000);
  expect(told).toBe(0);
});

import { describe, expect, test } from 'vitest';
import { gainOf, levelDb, NOISE_KINDS, noiseOf } from '../../../scripts/bench/noise.ts';

const SECONDS = 16_000;
const voices = [
  noiseOf('white', 90)(2 * SECONDS).map((sample, at) => sample * Math.max(0, Math.sin(at / 2_000))),
];

describe.each(NOISE_KINDS)('%s noise', (kind) => {
  test('has a level of 0 dB, so that another level is a factor', () => {
    const pcm16k = noiseOf(kind, 7, voices)(20 * SECONDS);
    expect(Math.abs(levelDb(pcm16k))).toBeLessThan(2);
    expect(levelDb(pcm16k.map((sample) => sample * gainOf(-40)))).toBeCloseTo(levelDb(pcm16k) - 40, 3);
  });

  test('is the same for a seed, however it is taken, and another for another', () => {
    const taken = noiseOf(kind, 7, voices);
    const pieces = [...taken(300), ...taken(340)];
    expect(pieces).toEqual([...noiseOf(kind, 7, voices)(640)]);
    expect(pieces).not.toEqual([...noiseOf(kind, 8, voices)(640)]);
  });
});

test('babble without voices is refused', () => {
  expect(() => noiseOf('babble', 1)).toThrow(/voices/);
});

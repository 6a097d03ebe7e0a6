import { describe, expect, test } from 'vitest';
import { noiseOf } from '../../../scripts/bench/noise.ts';
import { soundsOf } from '../../../server/turns/windowSounds.ts';

const RATE_HZ = 16_000;

function tone(hz: number, gain: number): Float32Array {
  return Float32Array.from({ length: 512 }, (_, at) => gain * Math.sin((2 * Math.PI * hz * at) / RATE_HZ));
}

describe('the parts of a window', () => {
  test('what begins in its midst is loud in the last part', () => {
    const window = tone(200, 0.5);
    window.fill(0, 0, 384);
    const [first, , , last] = soundsOf(window);
    expect(first?.db).toBe(Number.NEGATIVE_INFINITY);
    expect(last?.db).toBeGreaterThan(-12);
  });

  test('white noise and high tones hiss, a voice’s tones do not', () => {
    const hisses = (window: Float32Array) => soundsOf(window).every(({ brightness }) => brightness > 1);
    expect(hisses(noiseOf('white', 3)(512))).toBe(true);
    expect(hisses(tone(5_000, 0.01))).toBe(true);
    expect(soundsOf(tone(300, 0.3)).some(({ brightness }) => brightness > 0.3)).toBe(false);
  });
});

import { describe, expect, test } from 'vitest';
import { rms } from '../../../scripts/call/gate.ts';
import { resample } from '../../../scripts/call/resample.ts';
import { tone } from './tone.ts';

/** Without the ends, where the filter sees past the clip. */
const middle = (samples: Float32Array) => samples.subarray(400, samples.length - 400);

describe('resampling', () => {
  test.each([8000, 22_050, 44_100, 48_000])('a tone from %i Hz keeps its shape at 16 kHz', (rateHz) => {
    const resampled = resample(tone(300, { rateHz, frequencyHz: 1000 }), rateHz, 16_000);
    const wanted = tone(300, { frequencyHz: 1000 });
    expect(Math.abs(resampled.length - wanted.length)).toBeLessThanOrEqual(1);
    const error = middle(resampled).map((sample, index) => sample - middle(wanted)[index]!);
    expect(rms(error)).toBeLessThan(0.005);
  });

  test('what 16 kHz cannot carry is filtered out instead of folded down', () => {
    const resampled = resample(tone(300, { rateHz: 48_000, frequencyHz: 12_000 }), 48_000, 16_000);
    expect(rms(middle(resampled))).toBeLessThan(0.002);
  });

  test('the same rate is left alone', () => {
    const samples = tone(10);
    expect(resample(samples, 16_000, 16_000)).toBe(samples);
  });
});

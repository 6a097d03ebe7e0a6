import { describe, expect, it } from 'vitest';
import { Resampler } from '../../../client/hearing/resampler.ts';

const tone = (hz: number, rateHz: number, seconds: number) =>
  Float32Array.from({ length: rateHz * seconds }, (_, at) => Math.sin((2 * Math.PI * hz * at) / rateHz));

function resample(input: Float32Array, fromHz: number, piece = 128): Float32Array {
  const resampler = new Resampler(fromHz, 16_000);
  const output: number[] = [];
  for (let at = 0; at < input.length; at += piece) {
    resampler.push(input.subarray(at, at + piece), (sample) => output.push(sample));
  }
  return Float32Array.from(output);
}

const levelDb = (pcm: Float32Array) =>
  10 * Math.log10((2 * pcm.reduce((sum, sample) => sum + sample * sample, 0)) / pcm.length + 1e-12);

describe.each([48_000, 44_100, 96_000, 16_000, 8_000])('from %i Hz to 16 kHz', (rateHz) => {
  it('keeps the time: one second is 16 000 samples', () => {
    expect(Math.abs(resample(tone(200, rateHz, 2), rateHz).length - 32_000)).toBeLessThan(60);
  });

  it('lets speech through unchanged', () => {
    for (const hz of [0.37, 0.1, 0.03].map((part) => part * Math.min(rateHz, 16_000))) {
      expect(Math.abs(levelDb(resample(tone(hz, rateHz, 1), rateHz).subarray(500, 15_500)))).toBeLessThan(
        0.1,
      );
    }
  });

  it('says the same whatever the pieces', () => {
    const input = tone(440, rateHz, 0.3);
    expect(resample(input, rateHz, 128)).toEqual(resample(input, rateHz, 5_000));
  });
});

// From rates at or below the target there is nothing above to fold back.
it.each([48_000, 44_100, 96_000])('from %i Hz nothing folds back from above', (rateHz) => {
  for (const hz of [9_000, 12_000, 17_000]) {
    expect(levelDb(resample(tone(hz, rateHz, 1), rateHz).subarray(500, 15_500))).toBeLessThan(-50);
  }
});

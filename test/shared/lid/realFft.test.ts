import { describe, expect, it } from 'vitest';
import { RealFft } from '../../../shared/lid/realFft.ts';
import { noise } from '../../fakes/recordings.ts';

/** The definition, term by term. */
function slowMagnitudes(samples: Float32Array): number[] {
  const { length } = samples;
  return Array.from({ length: length / 2 + 1 }, (_, bin) => {
    let re = 0;
    let im = 0;
    for (const [at, sample] of samples.entries()) {
      re += sample * Math.cos((2 * Math.PI * bin * at) / length);
      im -= sample * Math.sin((2 * Math.PI * bin * at) / length);
    }
    return Math.hypot(re, im);
  });
}

describe('the Fourier transform of real samples', () => {
  it.each([4, 8, 64, 512])('is the definition, for %i samples', (length) => {
    const samples = noise(100, -12).subarray(0, length);
    const fft = new RealFft(length);
    const found = new Float32Array(fft.bins);
    fft.magnitudes(samples, found);
    const exact = slowMagnitudes(samples);
    expect(fft.bins).toBe(exact.length);
    for (const [bin, value] of exact.entries()) expect(found[bin]).toBeCloseTo(value, 4);
  });

  it('finds a tone in its bin, and nothing beside it', () => {
    const tone = Float32Array.from({ length: 2048 }, (_, at) => Math.sin((2 * Math.PI * 100 * at) / 2048));
    const fft = new RealFft(2048);
    const found = new Float32Array(fft.bins);
    fft.magnitudes(tone, found);
    expect(found[100]).toBeCloseTo(1024, 2);
    for (const bin of [0, 50, 99, 101, 1024]) expect(found[bin]).toBeLessThan(0.01);
  });

  it('is refused for another length than a power of two', () => {
    for (const length of [0, 2, 3, 1000, 131_072]) expect(() => new RealFft(length)).toThrow('power of two');
  });
});

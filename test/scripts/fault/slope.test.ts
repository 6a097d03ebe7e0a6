import { describe, expect, it } from 'vitest';
import { isFlat, slopeOf } from '../../../scripts/fault/slope.ts';

const points = (y: (x: number) => number) => Array.from({ length: 30 }, (_, x) => ({ x, y: y(x) }));

describe('the slope of memory over time', () => {
  it('is told with its confidence', () => {
    // Noise of ± 1, without chance.
    const slope = slopeOf(points((x) => 100 + 2 * x + (x % 2 === 0 ? 1 : -1)));
    expect(slope?.value).toBeCloseTo(2, 1);
    expect(slope?.from).toBeLessThan(2);
    expect(slope?.to).toBeGreaterThan(2);
  });

  it('is flat when noise explains it, or when it is little', () => {
    const noise = slopeOf(points((x) => 100 + (x % 3)));
    expect(noise && isFlat(noise, { level: 100, over: 30 })).toBe(true);
    const little = slopeOf(points((x) => 100 + 0.01 * x));
    expect(little && isFlat(little, { level: 100, over: 30 })).toBe(true);
    const growing = slopeOf(points((x) => 100 + x));
    expect(growing && isFlat(growing, { level: 100, over: 30 })).toBe(false);
  });

  it('is none with too few points', () => {
    expect(slopeOf(points((x) => x).slice(0, 2))).toBeNull();
  });
});

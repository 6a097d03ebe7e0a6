import { describe, expect, test } from 'vitest';
import { percentile, spread } from '../../../scripts/call/percentiles.ts';

describe('percentile', () => {
  test('interpolates between ranks', () => {
    expect(percentile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(percentile([10, 20, 30, 40, 50], 0.95)).toBeCloseTo(48);
  });

  test('of one number is that number, of the ends the extremes', () => {
    expect(percentile([7], 0.95)).toBe(7);
    expect(percentile([3, 1, 2], 0)).toBe(1);
    expect(percentile([3, 1, 2], 1)).toBe(3);
  });

  test('of nothing is not a number', () => {
    expect(percentile([], 0.5)).toBeNaN();
    expect(spread([])).toBeNull();
  });

  test('does not disturb its input', () => {
    const numbers = [3, 1, 2];
    percentile(numbers, 0.5);
    expect(numbers).toEqual([3, 1, 2]);
  });
});

test('a spread tells count, extremes, median, p95 and mean', () => {
  expect(spread([1, 2, 3, 4, 5])).toEqual({ count: 5, min: 1, p50: 3, p95: 4.8, max: 5, mean: 3 });
});

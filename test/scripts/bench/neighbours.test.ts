import { expect, test } from 'vitest';
import { foreignShare } from '../../../scripts/bench/neighbours.ts';

test('what the machine computed and the bench did not is the neighbours’ share', () => {
  const before = { atMs: 1000, busyMs: 5000, oursMs: 300 };
  const after = { atMs: 3000, busyMs: 7000, oursMs: 1300 };
  expect(foreignShare(before, after, 2)).toBe(0.25);
  expect(foreignShare(before, { ...after, oursMs: 2400 }, 2)).toBe(0);
});

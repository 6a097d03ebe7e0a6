import { expect, test } from 'vitest';
import { type Admission, type Load, look, OPEN } from '../../../server/call/admission.ts';

const calm: Load = { calls: 10, eventLoopShare: 0.3, eventLoopP99Ms: 5, workerShare: 0.2, sttBehindMs: 100 };
const looks = (from: Admission, loads: readonly Load[]): Admission => loads.reduce(look, from);
const times = (count: number, load: Load): Load[] => Array.from({ length: count }, () => load);

test.each([
  ['eventLoopShare', 0.95],
  ['eventLoopP99Ms', 300],
  ['workerShare', 0.97],
  ['sttBehindMs', 5_000],
] as const)('too much of %s closes, but not a burst of it', (strain, value) => {
  const strained = { ...calm, [strain]: value };
  expect(looks(OPEN, times(3, strained)).strains).toEqual([]);
  expect(looks(OPEN, [...times(3, strained), calm, ...times(3, strained)]).strains).toEqual([]);
  expect(looks(OPEN, times(4, strained)).strains).toEqual([strain]);
});

test('opens when it is calm, and not as soon as it is no longer too much', () => {
  const closed = looks(OPEN, times(4, { ...calm, eventLoopShare: 0.95 }));
  expect(looks(closed, times(20, { ...calm, eventLoopShare: 0.8 })).strains).toEqual(['eventLoopShare']);
  expect(looks(closed, times(4, calm)).strains).toEqual(['eventLoopShare']);
  expect(looks(closed, times(5, calm))).toBe(OPEN);
});

test('a server without calls takes the first', () => {
  const strained = { ...calm, eventLoopP99Ms: 900 };
  expect(looks(OPEN, times(20, { ...strained, calls: 1 })).strains).toEqual([]);
  const closed = looks(OPEN, times(4, strained));
  expect(looks(closed, times(5, { ...strained, calls: 0 }))).toBe(OPEN);
});

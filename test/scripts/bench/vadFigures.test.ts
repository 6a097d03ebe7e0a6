import { describe, expect, test } from 'vitest';
import { auc, vadFigures } from '../../../scripts/bench/vadFigures.ts';

describe('the area under the curve', () => {
  test('is 1 when all speech is more probable, 0.5 when nothing is told apart', () => {
    expect(auc([0.9, 0.8], [0.1, 0.2])).toBe(1);
    expect(auc([0.1, 0.2], [0.9, 0.8])).toBe(0);
    expect(auc([0.5, 0.5], [0.5, 0.5, 0.5])).toBe(0.5);
  });

  test('counts pairs: one of four is the wrong way round', () => {
    expect(auc([0.9, 0.3], [0.1, 0.4])).toBe(0.75);
  });

  test('needs both kinds', () => {
    expect(auc([], [0.1])).toBeNull();
  });
});

describe('delays of a gate', () => {
  const segments = [
    { startMs: 320, endMs: 960 },
    { startMs: 1_100, endMs: 1_600 },
  ];
  const probabilities = Array<number>(100).fill(0.5);

  test('count from the true start and end to the change, where silence is around', () => {
    const changes = [
      { active: true, nowMs: 420 },
      { active: false, nowMs: 1_000 },
      { active: true, nowMs: 1_150 },
      { active: false, nowMs: 1_700 },
    ];
    const { startMs, stopMs, flapsAMinute } = vadFigures([
      { segments, detected: { probabilities, changes } },
    ]);
    expect(startMs).toMatchObject({ count: 1, p50: 100 });
    expect(stopMs).toMatchObject({ count: 1, p50: 100 });
    expect(flapsAMinute).toBe(0);
  });

  test('an end in mid-speech is counted, and what is never said costs the whole silence', () => {
    const changes = [
      { active: true, nowMs: 420 },
      { active: false, nowMs: 600 },
      { active: true, nowMs: 700 },
    ];
    const { stopMs, flapsAMinute } = vadFigures([{ segments, detected: { probabilities, changes } }]);
    expect(stopMs?.p50).toBe(3_200 - 1_600);
    expect(flapsAMinute).toBeGreaterThan(0);
  });
});

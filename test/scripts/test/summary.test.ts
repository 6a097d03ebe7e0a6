import { describe, expect, it } from 'vitest';
import { exitCode, type StageResult, summaryLines } from '../../../scripts/test/result.ts';

const stage = (some: Partial<StageResult>): StageResult => ({
  stage: 'unit',
  passed: 0,
  retried: [],
  failed: [],
  skipped: [],
  tookMs: 1_500,
  ...some,
});

describe('the summary of npm test', () => {
  it('ends with the total over all checks alone on the last line', () => {
    const lines = summaryLines([stage({ stage: 'types', passed: 1 }), stage({ passed: 40 })]);
    expect(lines.at(-1)).toBe('41 passed, 0 failed');
    expect(lines).toContain('✓ types        1 passed, 0 failed (1.5 s)');
  });

  it('lists what was skipped, with the reason, and what failed', () => {
    const skipped = [{ name: 'a > hears', reason: 'no model' }];
    const lines = summaryLines([stage({ passed: 2, failed: ['a > speaks'], skipped })]);
    expect(lines).toContain('skipped: a > hears: no model');
    expect(lines).toContain('failed: a > speaks');
    expect(lines.at(-1)).toBe('2 passed, 1 failed, 1 skipped');
  });
});

describe('the summary of a run in which a test passed at the second try', () => {
  it('names it, with what went wrong at the first', () => {
    const lines = summaryLines([stage({ passed: 2, retried: [{ name: 'a > hears', reason: 'misheard' }] })]);
    expect(lines).toContain('passed at the second try: a > hears: misheard');
    expect(lines.at(-1)).toBe('2 passed, 0 failed');
  });
});

describe('the exit code of npm test', () => {
  it('is 0 only when something passed and nothing failed', () => {
    expect(exitCode([stage({ passed: 3 })])).toBe(0);
    expect(exitCode([stage({ passed: 3, failed: ['x'] })])).toBe(1);
    expect(exitCode([stage({ skipped: [{ name: 'a', reason: 'b' }] })])).toBe(1);
    expect(exitCode([])).toBe(1);
  });
});

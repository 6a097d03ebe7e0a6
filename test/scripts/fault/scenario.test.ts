import { describe, expect, it } from 'vitest';
import { type FaultRun, faultTable, type Scenario, summarise } from '../../../scripts/fault/scenario.ts';

const broken = (gapMs: number | null) => ({ gapMs, liveMs: 400 });
const run = (parts: Partial<FaultRun>): FaultRun => ({
  breaks: [broken(500)],
  lost: [],
  doubled: [],
  state: 'live',
  notes: [],
  failure: null,
  ...parts,
});
const scenario: Scenario = { name: 'storm', about: '', limitMs: 1_000, run: async () => run({}) };

describe('the summary of a fault', () => {
  it('holds the middle and the longest gap', () => {
    const { figures, passed } = summarise(scenario, [run({ breaks: [broken(900), broken(100)] }), run({})]);
    expect(figures).toEqual({ gapP50Ms: 500, gapMaxMs: 900, lost: 0, doubled: 0, failed: 0 });
    expect(passed).toBe(true);
  });

  it.each([
    ['a gap over the limit', { breaks: [broken(500), broken(1_001)] }],
    ['a lost turn', { lost: ['Who are you?'] }],
    ['a turn that was answered twice', { doubled: ['Who are you?'] }],
    ['a call that was not survived', { failure: 'it ended' }],
    ['nothing that was heard again', { breaks: [broken(null)] }],
  ])('does not pass with %s', (_, parts) => {
    expect(summarise(scenario, [run(parts)]).passed).toBe(false);
  });

  it('stands in the table with its limit', () => {
    const table = faultTable(
      [summarise(scenario, [run({ breaks: [broken(500), broken(500)] })])],
      new Map([['storm', 1_000]]),
    );
    expect(table.split('\n').at(-1)).toMatch(/✓ storm +2 +500 ms +500 ms +1000 ms +0 +0 +0/);
  });
});

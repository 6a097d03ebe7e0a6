import { describe, expect, test } from 'vitest';
import { parseBench } from '../../../scripts/bench/options.ts';
import { table } from '../../../scripts/bench/print.ts';

const NAMES = ['size', 'opus', 'voice'];

describe('the command line of the bench', () => {
  test('everything runs unless some are chosen, always in the same order', () => {
    expect(parseBench([], NAMES, {})?.only).toEqual(NAMES);
    expect(parseBench(['--only', 'voice, size'], NAMES, {})?.only).toEqual(['size', 'voice']);
  });

  test('the admin key may come from the environment', () => {
    expect(parseBench([], NAMES, { SEGUE_ADMIN_KEY: 'k' })?.adminKey).toBe('k');
    expect(parseBench(['--admin-key', 'other'], NAMES, { SEGUE_ADMIN_KEY: 'k' })?.adminKey).toBe('other');
  });

  test.each([
    [['--only', 'vioce'], /vioce/],
    [['--url', 'nowhere'], /--url/],
    [['--fast'], /--fast/],
  ])('%j is refused in words', (args, message) => {
    expect(() => parseBench(args, NAMES, {})).toThrow(message);
  });

  test('a folder of recordings may be named, and only a folder', () => {
    expect(parseBench([], NAMES, {})?.set).toBeNull();
    expect(parseBench(['--set', import.meta.dirname], NAMES, {})?.set).toBe(import.meta.dirname);
    expect(() => parseBench(['--set', import.meta.filename], NAMES, {})).toThrow(/--set/);
  });

  test('the help is asked for', () => {
    expect(parseBench(['--help'], NAMES, {})).toBeNull();
  });
});

test('a table marks what was promised', () => {
  const rows = [
    { name: 'p50', value: '640 ms', limit: '≤ 700 ms', met: true },
    { name: 'worst', value: '1 s' },
    { name: 'gaps', value: '2', limit: '0', met: false },
  ];
  expect(table(rows)).toBe('  ✓ p50    640 ms  (≤ 700 ms)\n    worst  1 s\n  ✗ gaps   2  (0)');
});

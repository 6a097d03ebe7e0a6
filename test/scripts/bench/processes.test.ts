import { describe, expect, test } from 'vitest';
import { parseStat, processTree, usage } from '../../../scripts/bench/processes.ts';

const CLOCK = { ticksPerSecond: 100, pageBytes: 4096 };

describe('the process table', () => {
  test('a name with spaces and brackets does not shift the fields', () => {
    const stat = '42 (a (b) c) S 7 42 42 0 -1 4194304 100 0 0 0 250 50 20 10 20 0 11 0 999 1000000 25000 184';
    expect(parseStat(stat, CLOCK)).toEqual({
      pid: 42,
      parent: 7,
      name: 'a (b) c',
      cpuMs: 3300,
      rssMb: 102.4,
    });
  });

  test.skipIf(process.platform !== 'linux')('finds this process with its own use of time and memory', () => {
    const [self] = processTree(process.pid);
    expect(self?.pid).toBe(process.pid);
    expect(self?.rssMb).toBeGreaterThan(10);
    expect(self?.cpuMs).toBeGreaterThan(0);
  });

  test('the media worker and the database are counted apart', () => {
    const facts = { parent: 1, cpuMs: 10, rssMb: 20 };
    const tree = [
      { ...facts, pid: 1, name: 'node', command: 'node scripts/start.ts ' },
      { ...facts, pid: 2, name: 'mediasoup-worke' },
      { ...facts, pid: 3, name: 'MainThread' },
      {
        ...facts,
        pid: 4,
        name: 'MainThread',
        command: 'node /segue/server/storage/engines/pgliteProcess.ts ',
      },
    ];
    expect(usage(tree)).toEqual({
      node: { cpuMs: 20, rssMb: 40 },
      worker: { cpuMs: 10, rssMb: 20 },
      database: { cpuMs: 10, rssMb: 20 },
    });
  });
});

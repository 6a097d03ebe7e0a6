import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { threadTimes } from '../../../scripts/bench/threads.ts';

test.skipIf(!existsSync('/proc/self/task'))(
  'a process’s threads are told apart, the main one by its role',
  () => {
    const before = threadTimes(process.pid);
    const untilMs = performance.now() + 100;
    while (performance.now() < untilMs) Math.sqrt(untilMs);
    const after = threadTimes(process.pid);
    expect(after.size).toBeGreaterThan(1);
    const spent = [...after].reduce((sum, [name, ms]) => sum + ms - (before.get(name) ?? 0), 0);
    expect(spent).toBeGreaterThanOrEqual(0);
    expect(after.get('main')).toBeGreaterThan(0);
  },
);

import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openPglite } from '../../../server/storage/engines/pglite.ts';
import { systemClock as clock } from '../../../shared/clock.ts';
import { template } from '../../fakes/databases.ts';

vi.mock('node:child_process', async (original) => {
  const real = await original<typeof import('node:child_process')>();
  return { ...real, fork: vi.fn(real.fork) };
});

const withoutMemory = () => {
  throw Object.assign(new Error('spawn ENOMEM'), { code: 'ENOMEM' });
};
/** What `fork` gives where the system has no more files: no process, no channel, and an error a moment later. */
const withoutFiles = () => {
  const child = new EventEmitter() as ChildProcess;
  process.nextTick(() => child.emit('error', new Error('spawn EMFILE')));
  return child;
};

test('a process that the system refuses is tried again', { timeout: 60_000 }, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'segue-pglite-'));
  vi.mocked(fork)
    .mockImplementationOnce(withoutMemory)
    .mockImplementationOnce(withoutMemory)
    .mockImplementationOnce(withoutFiles);
  const onDied = vi.fn();
  const database = await openPglite({ dir, template: template(), clock, onDied });
  expect(onDied).toHaveBeenCalledOnce();
  await database.ready(50_000);
  expect(fork).toHaveBeenCalledTimes(4);
  await database.close();
  rmSync(dir, { recursive: true });
});

test('one that never was is not waited for', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'segue-pglite-'));
  vi.mocked(fork).mockImplementationOnce(withoutFiles);
  const database = await openPglite({ dir, template: null, clock });
  await database.close();
  rmSync(dir, { recursive: true });
});

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SqlLedger } from '../../../server/ledger/engines/sql.ts';
import { Recorder } from '../../../server/ledger/recorder.ts';
import { Spool } from '../../../server/ledger/spool.ts';
import type { Database } from '../../../server/storage/database.ts';
import { lockFolder } from '../../../server/storage/engines/folderLock.ts';
import { openPglite } from '../../../server/storage/engines/pglite.ts';
import { systemClock as clock } from '../../../shared/clock.ts';
import { template } from '../../fakes/databases.ts';

const WRITER = join(import.meta.dirname, '../../fixtures/ledger/writer.ts');
const LIMIT_MS = 120_000;

let dir: string;
let database: Database | null = null;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'segue-pglite-'));
});
afterEach(async () => {
  await database?.close();
  database = null;
  rmSync(dir, { recursive: true, force: true });
});

async function open(onDied?: (detail: string) => void): Promise<Database> {
  database = await openPglite({ dir, template: template(), clock, ...(onDied && { onDied }) });
  await database.ready(LIMIT_MS);
  return database;
}

/** Processes of an embedded database, by their parent. */
function databaseProcesses(parent: number): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' }).split('\n');
  return lines
    .filter((line) => line.includes('pgliteProcess.ts') && Number(line.trim().split(/\s+/)[1]) === parent)
    .map((line) => Number(line.trim().split(/\s+/)[0]));
}

/** Whether a process runs; one that has ended and whose parent has not looked yet does not. */
function lives(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}

test('starts again when it dies, and the ledger catches up', { timeout: LIMIT_MS }, async () => {
  const onDied = vi.fn();
  const ledger = new SqlLedger(await open(onDied));
  const recorder = new Recorder({ ledger, spool: await Spool.open(join(dir, 'spool')), clock });
  const record = (n: number) =>
    recorder.record({ kind: 'decision', site: 'demo', channel: 'voice', data: { n } });
  record(1);
  await recorder.flushed();
  const [pid] = databaseProcesses(process.pid);
  process.kill(pid ?? 0, 'SIGKILL');
  record(2);
  await recorder.flushed();
  record(3);
  while (recorder.state.spooledBytes > 0 || recorder.state.queued > 0) await wait(20);
  expect((await ledger.scan(0, 10)).map(({ data }) => data.n)).toEqual([1, 2, 3]);
  expect(onDied).toHaveBeenCalledWith(expect.stringContaining('SIGKILL'));
  await recorder.close();
});

test('is there when what kept it from starting is gone', { timeout: LIMIT_MS }, async () => {
  const inTheWay = join(dir, 'data');
  writeFileSync(inTheWay, 'not a folder');
  const onDied = vi.fn();
  database = await openPglite({ dir: inTheWay, template: template(), clock, onDied });
  expect(onDied).toHaveBeenCalledOnce();
  expect(database.up).toBe(false);
  rmSync(inTheWay);
  await database.ready(15_000);
});

test('a second server on the same folder is told so', { timeout: LIMIT_MS }, async () => {
  await open();
  await expect(openPglite({ dir, template: null, clock })).rejects.toMatchObject({ code: 'DATABASE_IN_USE' });
});

test('a server that is killed leaves no process behind, and the next one has the folder', {
  timeout: LIMIT_MS,
}, async () => {
  const start = JSON.stringify({ dir, spool: join(dir, 'spool'), template: template() });
  const server = spawn(process.execPath, [WRITER, start], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(server.stdout, 'data');
  const [pid] = databaseProcesses(server.pid ?? 0);
  server.kill('SIGKILL');
  const ledger = new SqlLedger(await open());
  while (lives(pid ?? 0)) await wait(20);
  expect(await ledger.head()).toBeGreaterThan(0);
});

test('a first start that was cut short is begun again', { timeout: LIMIT_MS }, async () => {
  const half = join(dir, 'pg.unfinished');
  writeFileSync(half, 'half');
  await open();
  expect(existsSync(half)).toBe(false);
  expect(readdirSync(dir)).toContain('pg');
});

test('a folder is held until it is let go', async () => {
  const lock = await lockFolder(dir, 0);
  await expect(lockFolder(dir, 50)).rejects.toMatchObject({ code: 'DATABASE_IN_USE' });
  lock.release();
  (await lockFolder(dir, 0)).release();
});

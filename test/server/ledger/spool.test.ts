import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type LedgerEvent, ledgerEvent } from '../../../server/ledger/event.ts';
import { Spool } from '../../../server/ledger/spool.ts';

let dir: string;
let spool: Spool;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'segue-spool-'));
  spool = await Spool.open(dir);
});
afterEach(async () => {
  await spool.close().catch(() => {});
  rmSync(dir, { recursive: true });
});

const event = (n: number, text = ''): LedgerEvent =>
  ledgerEvent({ kind: 'turn.caller', site: 'demo', channel: 'voice', data: { n }, personal: { text } }, 0);
const file = () => join(dir, 'spool.jsonl');

test('gives back what it was given, oldest first, the same until it is dropped', async () => {
  const events = [event(1), event(2, 'zwei\nZeilen'), event(3)];
  await spool.append(events);
  expect(await spool.read()).toEqual(events);
  expect(await spool.read()).toEqual(events);
  await spool.drop();
  expect(spool.empty).toBe(true);
  expect(statSync(file()).size).toBe(0);
});

test('keeps what comes while the oldest are on their way', async () => {
  await spool.append([event(1)]);
  const [first] = await spool.read();
  await spool.append([event(2)]);
  await spool.drop();
  expect(first?.data).toEqual({ n: 1 });
  expect((await spool.read()).map(({ data }) => data.n)).toEqual([2]);
});

test('a later process finds it, without the line that a crash cut short', async () => {
  await spool.append([event(1), event(2)]);
  await spool.close();
  appendFileSync(file(), '{"id":"evt_cut sho');
  spool = await Spool.open(dir);
  await spool.append([event(3)]);
  expect((await spool.read()).map(({ data }) => data.n)).toEqual([1, 2, 3]);
});

test('a file that is one cut line is an empty one', async () => {
  await spool.close();
  writeFileSync(file(), 'x'.repeat(300_000));
  spool = await Spool.open(dir);
  expect(spool.empty).toBe(true);
  expect(readFileSync(file(), 'utf8')).toBe('');
});

test('gives a spool of any size in pieces, a long line whole', async () => {
  const long = event(0, 'x'.repeat(600_000));
  await spool.append([event(-1), long, ...Array.from({ length: 3_000 }, (_, n) => event(n + 1))]);
  const seen: unknown[] = [];
  let pieces = 0;
  for (; !spool.empty; pieces++) {
    seen.push(...(await spool.read()).map(({ data }) => data.n));
    await spool.drop();
  }
  expect(seen).toEqual([-1, 0, ...Array.from({ length: 3_000 }, (_, n) => n + 1)]);
  expect(pieces).toBeGreaterThan(2);
});

test('passes over a damaged line', async () => {
  await spool.append([event(1)]);
  appendFileSync(file(), 'damaged\n');
  await spool.close();
  spool = await Spool.open(dir);
  await spool.append([event(2)]);
  expect((await spool.read()).map(({ data }) => data.n)).toEqual([1, 2]);
});

test('what was cut off by others is passed over, and what comes then is found', async () => {
  await spool.append([event(1), event(2)]);
  truncateSync(file(), 20);
  expect(await spool.read()).toEqual([]);
  await spool.drop();
  expect(spool.empty).toBe(true);
  await spool.append([event(3)]);
  expect((await spool.read()).map(({ data }) => data.n)).toEqual([3]);
});

test('what a full disk has half-written, and could not take back, stands between no lines', async () => {
  await spool.append([event(1)]);
  const handle = await open(file());
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const full = Object.assign(new Error(), { code: 'ENOSPC' });
  const half = vi.spyOn(prototype, 'appendFile').mockImplementation(async () => {
    appendFileSync(file(), '{"id":"evt_half');
    throw full;
  });
  const stays = vi.spyOn(prototype, 'truncate').mockRejectedValue(full);
  await expect(spool.append([event(2)])).rejects.toBe(full);
  half.mockRestore();
  await expect(spool.append([event(3)])).rejects.toBe(full);
  stays.mockRestore();
  await spool.append([event(4)]);
  expect((await spool.read()).map(({ data }) => data.n)).toEqual([1, 4]);
});

// A file system that is always full.
test.skipIf(!existsSync('/dev/full'))('says that the disk is full', async () => {
  const { symlinkSync, mkdirSync } = await import('node:fs');
  const full = join(dir, 'full');
  mkdirSync(full);
  symlinkSync('/dev/full', join(full, 'spool.jsonl'));
  const other = await Spool.open(full);
  await expect(other.append([event(1)])).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(other.empty).toBe(true);
  await other.close();
});

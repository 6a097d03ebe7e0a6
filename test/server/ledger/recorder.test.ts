import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, type Mock, test, vi } from 'vitest';
import { Recorder, type RecorderEvents } from '../../../server/ledger/recorder.ts';
import { Spool } from '../../../server/ledger/spool.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { MemoryLedger } from '../../fakes/ledger.ts';

let dir: string;
let clock: FakeClock;
let ledger: MemoryLedger;
let spool: Spool;
let recorder: Recorder;
let tell: { [Name in keyof RecorderEvents]-?: Mock<NonNullable<RecorderEvents[Name]>> };

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'segue-recorder-'));
  clock = new FakeClock();
  ledger = new MemoryLedger();
  await begin();
});
afterEach(async () => {
  await recorder.close();
  rmSync(dir, { recursive: true });
});

async function begin(maxQueued?: number): Promise<void> {
  spool = await Spool.open(dir);
  tell = { appended: vi.fn(), lost: vi.fn(), trouble: vi.fn() };
  recorder = new Recorder({ ledger, spool, clock, tell, ...(maxQueued !== undefined && { maxQueued }) });
}

function record(...ns: number[]): void {
  for (const n of ns) recorder.record({ kind: 'decision', site: 'demo', channel: 'voice', data: { n } });
}
const kept = () => ledger.events.map(({ data }) => data.n);
const range = (count: number) => Array.from({ length: count }, (_, n) => n);
/** Real disk, so real time: turns of the event loop until it is so. */
async function until(condition: () => boolean, stepMs = 0): Promise<void> {
  while (!condition()) {
    await new Promise(setImmediate);
    if (stepMs > 0) clock.advance(stepMs);
  }
}

test('what happens at one moment is one write, in order, soon after', async () => {
  record(1, 2, 3);
  expect(ledger.events).toHaveLength(0);
  await clock.advanceAsync(5);
  expect(kept()).toEqual([1, 2, 3]);
  expect(ledger.batches).toEqual([3]);
  expect(tell.appended).toHaveBeenCalledWith(3, expect.any(Number));
});

test('completes an event, and answers its id', async () => {
  const id = recorder.record({ kind: 'decision', site: 'demo', channel: 'voice' });
  await recorder.flushed();
  expect(ledger.events[0]).toEqual({
    seq: 1,
    id,
    kind: 'decision',
    atMs: clock.epochMs(),
    site: 'demo',
    channel: 'voice',
    personId: null,
    sessionId: null,
    contactId: null,
    data: {},
    personal: {},
  });
  expect(id).toMatch(/^evt_[0-9a-f]{32}$/);
});

test('a flood is written in batches without waiting', async () => {
  record(...range(1_200));
  await recorder.flushed();
  expect(kept()).toEqual(range(1_200));
  expect(Math.max(...ledger.batches)).toBe(500);
});

test('everything recorded before is durable when it is flushed', async () => {
  await recorder.flushed();
  record(1);
  const first = recorder.flushed();
  record(2);
  await first;
  expect(kept()).toContain(1);
  await recorder.flushed();
  expect(kept()).toEqual([1, 2]);
});

test('a lost database: on the disk at once, in the ledger when it is back, in order and once', async () => {
  record(1);
  await recorder.flushed();
  ledger.fault = 'gone';
  record(2, 3);
  await recorder.flushed();
  expect(kept()).toEqual([1]);
  expect(spool.empty).toBe(false);
  expect(recorder.state.problem).toContain('cannot be reached');
  record(4);
  await recorder.flushed();
  ledger.fault = null;
  record(5);
  await until(() => spool.empty && recorder.state.queued === 0, 50);
  expect(kept()).toEqual([1, 2, 3, 4, 5]);
  expect(recorder.state).toMatchObject({ problem: null, spooledBytes: 0, lost: 0 });
  expect(tell.trouble.mock.calls.map(([problem]) => problem === null)).toEqual([false, true]);
});

test('a database that hangs counts as lost, and nobody waits for it', async () => {
  ledger.fault = 'hangs';
  record(1);
  const flushed = recorder.flushed();
  await until(() => !spool.empty, 500);
  await flushed;
  ledger.fault = null;
  await until(() => spool.empty, 500);
  expect(kept()).toEqual([1]);
});

test('the next process writes what the last one left on the disk, and nothing twice', async () => {
  ledger.fault = 'gone';
  record(...range(700));
  await recorder.flushed();
  await recorder.close();
  ledger.fault = null;
  // The last process had written some of them when it was killed.
  spool = await Spool.open(dir);
  await ledger.append((await spool.read()).slice(0, 300));
  await spool.close();
  await begin();
  record(700);
  await until(() => spool.empty && recorder.state.queued === 0);
  expect(kept()).toEqual(range(701));
});

test('without database and disk it keeps what memory holds, says so, and goes on', async () => {
  await recorder.close();
  await begin(3);
  ledger.fault = 'gone';
  const append = vi.spyOn(spool, 'append').mockRejectedValue(Object.assign(new Error(), { code: 'ENOSPC' }));
  record(1, 2);
  await expect(recorder.flushed()).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
  record(3, 4, 5);
  expect(recorder.state).toMatchObject({ queued: 3, lost: 2, problem: expect.stringContaining('ENOSPC') });
  expect(tell.lost).toHaveBeenCalledTimes(2);
  append.mockRestore();
  ledger.fault = null;
  await until(() => recorder.state.queued === 0 && spool.empty, 250);
  expect(kept()).toEqual([1, 2, 3]);
  record(6);
  await recorder.flushed();
  expect(recorder.state.problem).toBeNull();
});

test('a full disk does not keep a database that works from being written', async () => {
  ledger.fault = 'gone';
  record(1);
  await recorder.flushed();
  vi.spyOn(spool, 'append').mockRejectedValue(Object.assign(new Error(), { code: 'ENOSPC' }));
  ledger.fault = null;
  record(2);
  await until(() => ledger.events.length === 2, 250);
  expect(kept()).toEqual([1, 2]);
  expect(recorder.state.problem).toBeNull();
});

test('a disk that cannot be read is told, waited for and no reason to end', async () => {
  ledger.fault = 'gone';
  record(1);
  await recorder.flushed();
  const read = vi.spyOn(spool, 'read').mockRejectedValue(Object.assign(new Error(), { code: 'EIO' }));
  ledger.fault = null;
  await until(() => read.mock.calls.length > 2, 50);
  expect(recorder.state.problem).toContain('EIO');
  record(2);
  await recorder.flushed();
  read.mockRestore();
  await until(() => spool.empty, 50);
  expect(kept()).toEqual([1, 2]);
  expect(recorder.state).toMatchObject({ problem: null, lost: 0 });
});

test('a disk that lets nothing go keeps no event from the ledger', async () => {
  ledger.fault = 'gone';
  record(1);
  await recorder.flushed();
  const { drop } = spool;
  vi.spyOn(spool, 'drop').mockImplementationOnce(async () => {
    await drop.call(spool);
    throw Object.assign(new Error(), { code: 'EROFS' });
  });
  ledger.fault = null;
  await until(() => spool.empty && recorder.state.problem !== null, 50);
  await until(() => kept().length === 1, 50);
  record(2);
  await until(() => kept().length === 2, 50);
  expect(recorder.state.problem).toBeNull();
});

test('a spool that somebody has emptied is left behind', async () => {
  ledger.fault = 'gone';
  record(1);
  await recorder.flushed();
  truncateSync(join(dir, 'spool.jsonl'));
  ledger.fault = null;
  await until(() => spool.empty, 50);
  record(2);
  await until(() => kept().length === 1, 50);
  expect(kept()).toEqual([2]);
});

test('an event that the ledger cannot hold is told and left out; those beside it are not', async () => {
  ledger.refused.add(2);
  record(1, 2, 3);
  await recorder.flushed();
  expect(kept()).toEqual([1, 3]);
  expect(recorder.state.lost).toBe(1);
  expect(tell.lost).toHaveBeenCalledWith(expect.objectContaining({ data: { n: 2 } }), expect.anything());
});

test('closing writes what waits, and takes no more', async () => {
  record(1);
  const closing = recorder.close();
  record(2);
  await closing;
  await recorder.close();
  expect(kept()).toEqual([1]);
  expect(recorder.state.lost).toBe(1);
  expect(clock.pending).toBe(0);
});

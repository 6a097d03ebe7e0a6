import { expect, test, vi } from 'vitest';
import { type LedgerKind, ledgerEvent } from '../../../server/ledger/event.ts';
import { type Retention, RetentionSweeper } from '../../../server/ledger/retention.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { MemoryLedger } from '../../fakes/ledger.ts';

const DAY_MS = 86_400_000;

async function aged(retention: Retention, ...events: [LedgerKind, number][]) {
  const clock = new FakeClock();
  const ledger = new MemoryLedger();
  await ledger.append(
    events.map(([kind, days]) =>
      ledgerEvent({ kind, site: 'demo', channel: 'voice', data: { days } }, clock.epochMs() - days * DAY_MS),
    ),
  );
  const onFailure = vi.fn();
  const sweeper = new RetentionSweeper({ ledger, sites: new Map([['demo', retention]]), clock, onFailure });
  return { clock, ledger, sweeper, onFailure };
}

test('removes each kind when its days are over, the others by the default', async () => {
  const { ledger, sweeper } = await aged(
    { 'turn.caller': 30, default: 90 },
    ['turn.caller', 29],
    ['turn.caller', 31],
    ['intent', 31],
    ['intent', 91],
  );
  expect(await sweeper.sweep()).toBe(2);
  expect(ledger.events.map(({ data }) => data.days)).toEqual([29, 31]);
});

test('keeps for ever what nobody gave days to, and that somebody was erased', async () => {
  const { sweeper } = await aged({ 'turn.caller': 1 }, ['intent', 9_999]);
  expect(await sweeper.sweep()).toBe(0);
  const { sweeper: other } = await aged({ default: 1 }, ['erasure', 9_999]);
  expect(await other.sweep()).toBe(0);
});

test('goes on every hour, over many events, and when the database was gone', async () => {
  const { clock, ledger, onFailure } = await aged(
    { default: 1 },
    ...Array.from({ length: 2_500 }, (): [LedgerKind, number] => ['intent', 2]),
  );
  ledger.fault = 'gone';
  await clock.advanceAsync(60_000);
  expect(onFailure).toHaveBeenCalledOnce();
  ledger.fault = null;
  await clock.advanceAsync(3_600_000);
  await clock.advanceAsync(1_000);
  expect(ledger.events).toHaveLength(0);
});

test('a site that keeps everything costs nothing', () => {
  const clock = new FakeClock();
  new RetentionSweeper({ ledger: new MemoryLedger(), sites: new Map(), clock, onFailure: () => {} }).close();
  expect(clock.pending).toBe(0);
});

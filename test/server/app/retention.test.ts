import { expect, test } from 'vitest';
import { sweepOld } from '../../../server/app/retention.ts';
import { type LedgerKind, ledgerEvent } from '../../../server/ledger/event.ts';
import type { Site } from '../../../server/sites.ts';
import { createLog } from '../../../server/telemetry/log.ts';
import { newId } from '../../../shared/ids.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { MemoryLedger } from '../../fakes/ledger.ts';
import { MemoryTimelineStore } from '../../fakes/timelineStore.ts';

const DAY_MS = 86_400_000;
const log = createLog('silent');

function shopOf(retention: Record<string, number>) {
  const clock = new FakeClock();
  const ledger = new MemoryLedger();
  const timelines = new MemoryTimelineStore();
  const sites = [{ key: 'shop', retention }] as unknown as Site[];
  const happened = (kind: LedgerKind, contactId: string, days: number) =>
    ledger.append([
      ledgerEvent({ kind, site: 'shop', contactId, channel: 'voice' }, clock.epochMs() - days * DAY_MS),
    ]);
  const called = async () => {
    const id = newId('call');
    await timelines.append(id, [{ tMs: 1, type: 'caller.text', text: 'I live in Elm Street' }]);
    return id;
  };
  return {
    sweep: () => sweepOld(sites, { ledger, timelines, clock, log }).sweep(),
    ledger,
    timelines,
    happened,
    called,
  };
}

test('a timeline goes with the first of the turns that it repeats, not with what is less', async () => {
  const { sweep, timelines, happened, called } = shopOf({ 'turn.caller': 30, default: 10 });
  const [old, fresh] = [await called(), await called()];
  await happened('turn.caller', old, 31);
  await happened('intent', fresh, 31);
  await happened('turn.caller', fresh, 29);
  await sweep();
  expect([...timelines.calls.keys()]).toEqual([fresh]);
});

test('a timeline goes at the latest with the beginning of its call, by which an erasure finds it', async () => {
  const { sweep, timelines, ledger, happened, called } = shopOf({ default: 10 });
  const id = await called();
  await happened('contact.started', id, 11);
  await happened('contact.started', newId('msg'), 11);
  expect(await sweep()).toBe(2);
  expect(timelines.calls.size).toBe(0);
  expect(ledger.events).toEqual([]);
});

test('events stay for the next time while their timeline cannot be removed', async () => {
  const { sweep, timelines, ledger, happened, called } = shopOf({ default: 10 });
  await happened('turn.caller', await called(), 11);
  timelines.fail = true;
  await expect(sweep()).rejects.toThrow('no space left');
  timelines.fail = false;
  expect(ledger.events).toHaveLength(1);
  expect(await sweep()).toBe(1);
  expect(timelines.calls.size).toBe(0);
});

test('a site that names no days keeps everything, and one that names no kind of event is told so', async () => {
  const { sweep, timelines, happened, called } = shopOf({});
  await happened('turn.caller', await called(), 9_999);
  expect(await sweep()).toBe(0);
  expect(timelines.calls.size).toBe(1);
  expect(() => shopOf({ 'turn.calller': 3 }).sweep()).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID' }),
  );
});

import { expect, test } from 'vitest';
import { Timeline } from '../../../server/call/timeline.ts';
import type { TimelineEntry } from '../../../shared/timeline.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { MemoryTimelineStore } from '../../fakes/timelineStore.ts';

function open() {
  const clock = new FakeClock({ nowMs: 5_000 });
  const store = new MemoryTimelineStore();
  const seen: TimelineEntry[] = [];
  const failures: unknown[] = [];
  const timeline = new Timeline({
    callId: 'call_1',
    clock,
    store,
    observe: (entry) => seen.push(entry),
    onFailure: (error) => failures.push(error),
  });
  return { clock, store, seen, failures, timeline };
}

test('counts from the beginning of the call and writes in batches', async () => {
  const { clock, store, seen, timeline } = open();
  timeline.record('call.start', { channel: 'voice' });
  clock.advance(120);
  timeline.record('call.answered');
  expect(seen).toHaveLength(2);
  expect(await store.read('call_1')).toBeNull();
  await clock.advanceAsync(500);
  expect(await store.read('call_1')).toEqual([
    { tMs: 0, type: 'call.start', channel: 'voice' },
    { tMs: 120, type: 'call.answered' },
  ]);
});

test('keeps what a full disk refuses and writes it later, in order', async () => {
  const { clock, store, failures, timeline } = open();
  store.fail = true;
  timeline.record('call.start');
  await timeline.flush();
  timeline.record('call.end', { reason: 'caller' });
  expect(failures).toHaveLength(1);
  store.fail = false;
  await timeline.flush();
  expect((await store.read('call_1'))?.map(({ type }) => type)).toEqual(['call.start', 'call.end']);
  await clock.advanceAsync(60_000);
  expect(await store.read('call_1')).toHaveLength(2);
});

test('what is refused is tried again by itself, and is let go of in the end', async () => {
  const { clock, store, failures, timeline } = open();
  store.fail = true;
  timeline.record('call.end', { reason: 'caller' });
  await timeline.flush();
  await clock.advanceAsync(60_000);
  store.fail = false;
  await clock.advanceAsync(10_000);
  expect((await store.read('call_1'))?.map(({ type }) => type)).toEqual(['call.end']);
  store.fail = true;
  timeline.record('device.report');
  await clock.advanceAsync(3_600_000);
  const tries = failures.length;
  await clock.advanceAsync(3_600_000);
  expect(failures).toHaveLength(tries);
});

import { beforeEach, expect, test } from 'vitest';
import { type CallReader, openCallReader } from '../../../server/app/callReader.ts';
import { MemoryBus, type MemoryHub } from '../../../server/bus/engines/memory.ts';
import type { CallSummary } from '../../../server/call/callSummary.ts';
import { SegueError } from '../../../shared/errors.ts';
import type { EndReason } from '../../../shared/events.ts';
import { newId } from '../../../shared/ids.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FaultyBus } from '../../fakes/faultyBus.ts';
import { MemoryTimelineStore } from '../../fakes/timelineStore.ts';

const NODES = ['one', 'two', 'three'];

let clock: FakeClock;
let timelines: MemoryTimelineStore;
let servers: Map<string, { reader: CallReader; bus: FaultyBus; calls: FakeCalls }>;

class FakeCalls {
  readonly known = new Map<string, CallSummary>();
  readonly flushed: string[] = [];

  summary(id: string): CallSummary | null {
    return this.known.get(id) ?? null;
  }

  async flush(id: string): Promise<void> {
    this.flushed.push(id);
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) this.known.delete(id);
  }
}

const summary = (id: string, more: Partial<CallSummary> = {}): CallSummary => ({
  id,
  sessionId: 'ses_1',
  site: 'shop',
  state: 'live',
  reason: null,
  channel: 'voice',
  language: 'en',
  startedAt: 1,
  durationMs: 2,
  transcript: [{ id: 'a', speaker: 'caller', text: 'hello', final: true, language: 'en', atMs: 1 }],
  ...more,
});
const ends = (id: string, reason: EndReason) =>
  timelines.append(id, [
    { tMs: 2, type: 'call.end', reason, summary: summary(id, { state: 'ended', reason }) },
  ]);
const at = (node: string) => servers.get(node) as NonNullable<ReturnType<typeof servers.get>>;

beforeEach(() => {
  clock = new FakeClock();
  timelines = new MemoryTimelineStore();
  const hub: MemoryHub = new Map();
  servers = new Map(
    NODES.map((node) => {
      const bus = new FaultyBus(new MemoryBus({ node, clock, hub }));
      const calls = new FakeCalls();
      const others = NODES.filter((other) => other !== node).map((other) => ({
        node: other,
        report: { calls: [] },
      }));
      return [
        node,
        { bus, calls, reader: openCallReader({ bus, presence: { others: () => others }, calls, timelines }) },
      ];
    }),
  );
});

test('a call is told of by any server, and what is known of it is written first', async () => {
  const id = newId('call');
  at('one').calls.known.set(id, summary(id));
  for (const node of NODES) expect(await at(node).reader.read(id)).toEqual(summary(id));
  expect(at('one').calls.flushed).toEqual([id, id, id]);
});

test('of two servers that had it, the one where it goes on knows best', async () => {
  const id = newId('call');
  await ends(id, 'error');
  at('two').calls.known.set(id, summary(id));
  expect(await at('three').reader.read(id)).toMatchObject({ state: 'live' });
});

test('a call that has ended is told of as it was, when the server that had it is gone, too', async () => {
  const id = newId('call');
  await ends(id, 'caller');
  await at('one').bus.close();
  const reading = at('two').reader.read(id);
  await clock.advanceAsync(2_000);
  expect(await reading).toEqual(summary(id, { state: 'ended', reason: 'caller' }));
});

test('a call that runs on another server is told of while no timeline can be read', async () => {
  const id = newId('call');
  at('two').calls.known.set(id, summary(id));
  timelines.read = () => Promise.reject(new SegueError('DATABASE_UNAVAILABLE'));
  expect(await at('one').reader.read(id)).toEqual(summary(id));
  await expect(at('one').reader.read(newId('call'))).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
});

test('a timeline that tells of no end, or nonsense, is of an unknown call', async () => {
  const [unfinished, odd] = [newId('call'), newId('call')];
  await timelines.append(unfinished, [{ tMs: 0, type: 'call.start' }]);
  await timelines.append(odd, [{ tMs: 1, type: 'call.end', reason: 'caller', summary: { id: 7 } }]);
  for (const id of [unfinished, odd]) {
    await expect(at('one').reader.read(id)).rejects.toMatchObject({ code: 'CALL_UNKNOWN' });
  }
});

test('a call that nobody knows is unknown; one that somebody might know is asked for again', async () => {
  const id = newId('call');
  await expect(at('one').reader.read(id)).rejects.toMatchObject({ code: 'CALL_UNKNOWN' });
  await expect(at('one').reader.read('../../etc')).rejects.toMatchObject({ code: 'CALL_UNKNOWN' });
  expect(at('two').calls.flushed).toEqual([id]);
  await at('two').bus.close();
  const reading = at('one').reader.read(id);
  const refused = expect(reading).rejects.toMatchObject({ code: 'NODE_UNREACHABLE' });
  await clock.advanceAsync(2_000);
  await refused;
});

test('of a call that is erased no server tells any more', async () => {
  const id = newId('call');
  at('one').calls.known.set(id, summary(id));
  at('two').reader.forget([id]);
  await clock.advanceAsync(10);
  await expect(at('three').reader.read(id)).rejects.toMatchObject({ code: 'CALL_UNKNOWN' });
});

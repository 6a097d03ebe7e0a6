import { beforeEach, describe, expect, test } from 'vitest';
import { HintNotes } from '../../../server/call/hintNotes.ts';
import { Timeline } from '../../../server/call/timeline.ts';
import type { TimelineEntry } from '../../../shared/timeline.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { MemoryTimelineStore } from '../../fakes/timelineStore.ts';

describe('what the device believes to hear', () => {
  let notes: HintNotes;
  let noted: TimelineEntry[];
  let deviceHears: boolean[];
  beforeEach(() => {
    noted = [];
    const timeline = new Timeline({
      callId: 'call_1',
      clock: new FakeClock(),
      store: new MemoryTimelineStore(),
      observe: (entry) => noted.push(entry),
      onFailure: () => {},
    });
    deviceHears = [];
    notes = new HintNotes(timeline, { deviceHears: (active) => deviceHears.push(active) });
  });
  const take = (active: boolean, atMs: number, path: 'channel' | 'socket') =>
    notes.note({ active, atMs, confidence: 1 }, path);

  test('is noted once, from the way on which it came first', () => {
    take(true, 100, 'channel');
    take(true, 100, 'socket');
    take(false, 900, 'socket');
    take(false, 900, 'channel');
    expect(noted.map(({ active, path }) => [active, path])).toEqual([
      [true, 'channel'],
      [false, 'socket'],
    ]);
  });

  test('is dropped when a later one has overtaken it', () => {
    take(true, 100, 'channel');
    take(false, 900, 'channel');
    take(true, 500, 'socket');
    expect(noted).toHaveLength(2);
    take(true, 1_000, 'channel');
    expect(noted).toHaveLength(3);
  });

  test('begins anew with another page, whose clock is another', () => {
    take(true, 600_000, 'socket');
    notes.restart();
    expect(deviceHears).toEqual([true, false]);
    expect(take(true, 1_000, 'socket')).toBe(true);
  });
});

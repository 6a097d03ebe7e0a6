import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { MemoryBus, type MemoryHub } from '../../../server/bus/engines/memory.ts';
import { GONE_AFTER_MS, type NodeReport, Presence } from '../../../server/bus/presence.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FaultyBus } from '../../fakes/faultyBus.ts';

let clock: FakeClock;
let hub: MemoryHub;
const closing: { close(): unknown }[] = [];

function open(node: string, report: NodeReport = { calls: [] }) {
  const bus = new FaultyBus(new MemoryBus({ node, clock, hub }));
  const state = { ...report };
  const presence = new Presence({ bus, clock });
  presence.report(() => state);
  closing.push(presence);
  return { bus, presence, state };
}

beforeEach(() => {
  clock = new FakeClock();
  hub = new Map();
});
afterEach(() => {
  for (const one of closing.splice(0)) one.close();
});

describe('who is there', () => {
  test('a server that beats is alive, and its calls are found', async () => {
    const a = open('a', { calls: [{ callId: 'call_1', sessionId: 'ses_1' }] });
    const b = open('b');
    await clock.advanceAsync(1_000);
    expect(b.presence.liveness('a')).toBe('alive');
    expect(b.presence.whereIs('ses_1')).toEqual({ node: 'a', callId: 'call_1' });
    expect(b.presence.whereIs('ses_2')).toBeNull();
    expect(a.presence.whereIs('ses_1')).toBeNull();
    expect(a.presence.liveness('a')).toBe('alive');
  });

  test('what has changed is told at once', async () => {
    const a = open('a');
    const b = open('b');
    await clock.advanceAsync(600);
    a.state.calls = [{ callId: 'call_1', sessionId: 'ses_1' }];
    a.presence.changed();
    a.presence.changed();
    await clock.advanceAsync(1);
    expect(b.presence.others()).toMatchObject([{ node: 'a', report: { calls: [{ callId: 'call_1' }] } }]);
  });

  test('calls are told when there are others, and to whoever comes later within some beats', async () => {
    const a = open('a', { calls: [{ callId: 'call_1', sessionId: 'ses_1' }] });
    let lists = 0;
    const listener = new MemoryBus({ node: 'c', clock, hub });
    listener.subscribe('presence.beat', z.object({ calls: z.array(z.unknown()).optional() }), (beat) => {
      if (beat.calls) lists += 1;
    });
    await clock.advanceAsync(30_000);
    expect(lists).toBeLessThan(15);
    const b = open('b');
    await clock.advanceAsync(3_500);
    expect(b.presence.whereIs('ses_1')).toEqual({ node: 'a', callId: 'call_1' });
    a.state.calls = [];
    await clock.advanceAsync(400);
    expect(b.presence.whereIs('ses_1')).toBeNull();
    expect(b.presence.liveness('a')).toBe('alive');
  });

  test('a server that is silent for five beats is gone, and this is said once', async () => {
    const a = open('a');
    const b = open('b');
    const gone: string[] = [];
    b.presence.on('gone', (node) => gone.push(node));
    await clock.advanceAsync(1_000);
    a.bus.mute();
    await clock.advanceAsync(GONE_AFTER_MS - 301);
    expect(b.presence.liveness('a')).toBe('alive');
    await clock.advanceAsync(1_001);
    expect(b.presence.liveness('a')).toBe('gone');
    expect(gone).toEqual(['a']);
  });

  test('a server that says good-bye is gone at once', async () => {
    const a = open('a');
    const b = open('b');
    await clock.advanceAsync(1_000);
    a.presence.close();
    await clock.advanceAsync(0);
    expect(b.presence.liveness('a')).toBe('gone');
    expect(b.presence.others()).toEqual([]);
  });

  test('while the bus is degraded, and for a moment after, nobody is said to be gone', async () => {
    open('a');
    const b = open('b');
    await clock.advanceAsync(1_000);
    b.bus.degrade();
    await clock.advanceAsync(60_000);
    expect(b.presence.liveness('a')).toBe('unknown');
    b.bus.recover();
    expect(b.presence.liveness('a')).toBe('unknown');
    await clock.advanceAsync(600);
    expect(b.presence.liveness('a')).toBe('alive');
    expect(b.presence.liveness('never')).toBe('unknown');
    await clock.advanceAsync(GONE_AFTER_MS);
    expect(b.presence.liveness('never')).toBe('gone');
  });
});

import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { HintChannel } from '../../../server/edge/hintChannel.ts';
import type { SpeechHint } from '../../../shared/events.ts';
import { FakeClock } from '../../fakes/clock.ts';

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const hint = (atMs: number): SpeechHint => ({ active: true, atMs, confidence: 0.5 });

describe('hints on a data channel', () => {
  let clock: FakeClock;
  let channel: HintChannel;
  let hints: SpeechHint[];
  let abuses: number;
  beforeEach(() => {
    clock = new FakeClock();
    hints = [];
    abuses = 0;
    channel = new HintChannel(clock, {
      onHint: (one) => hints.push(one),
      onAbuse: () => {
        abuses += 1;
      },
    });
  });

  test('are handed on without what does not belong to them', () => {
    channel.take(bytes({ ...hint(5), more: 'x' }));
    expect(hints).toEqual([hint(5)]);
  });

  test('are at most a burst at once, and a few a second after it', () => {
    for (let at = 0; at < 100; at += 1) channel.take(bytes(hint(at)));
    expect(hints).toHaveLength(20);
    clock.advance(1_000);
    for (let at = 0; at < 20; at += 1) channel.take(bytes(hint(at)));
    expect(hints).toHaveLength(25);
    expect(abuses).toBe(0);
  });

  test('end when too much came that is none or too often, also on a channel that takes its place', () => {
    for (let at = 0; at < 219; at += 1) channel.take(bytes(hint(at)));
    expect(abuses).toBe(0);
    channel.take(bytes(hint(219)));
    expect(abuses).toBe(1);
    clock.advance(60_000);
    channel.take(bytes(hint(1)));
    expect(hints).toHaveLength(20);
    expect(abuses).toBe(2);
  });

  test('are never what is not a hint, whatever it is', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
      fc.json().map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(anything, (message) => {
        clock.advance(10_000);
        channel.take(message);
      }),
    );
    for (const bad of [null, [], {}, { ...hint(1), atMs: -1 }, { ...hint(1), confidence: 2 }, 'x', 7]) {
      channel.take(bytes(bad));
    }
    expect(hints).toEqual([]);
  });
});

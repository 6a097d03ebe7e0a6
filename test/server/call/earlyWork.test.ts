import { beforeEach, describe, expect, it } from 'vitest';
import { EarlyWork } from '../../../server/call/earlyWork.ts';
import { Timeline } from '../../../server/call/timeline.ts';
import type { CallerTurn, Prepared, Reply } from '../../../server/dialog/policy.ts';
import type { TimelineEntry } from '../../../shared/timeline.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { replyOf } from '../../fakes/policy.ts';
import { MemoryTimelineStore } from '../../fakes/timelineStore.ts';

const turn = (text: string): CallerTurn => ({ text, alternatives: [], confidence: 0.9, channel: 'voice' });

describe('EarlyWork', () => {
  let voiced: string[];
  let discarded: string[];
  let entries: TimelineEntry[];
  let stale: boolean;
  let early: EarlyWork;

  beforeEach(() => {
    voiced = [];
    discarded = [];
    entries = [];
    stale = false;
    const prepare = ({ text }: CallerTurn): Prepared => {
      const reply = replyOf(`re ${text}`);
      return {
        reply: Promise.resolve(reply),
        commit: async () => (stale ? null : reply),
        discard: () => discarded.push(text),
      };
    };
    early = new EarlyWork({
      conversation: { prepare },
      voice: ({ sentences }: Reply) => voiced.push(sentences[0]?.text ?? ''),
      timeline: new Timeline({
        callId: 'c',
        clock: new FakeClock(),
        store: new MemoryTimelineStore(),
        observe: (entry) => entries.push(entry),
        onFailure: () => {},
      }),
    });
  });
  const noted = () => entries.map(({ type, used }) => [type, used]);

  it('gives what was prepared for this very turn, and has its voice made', async () => {
    early.begin(turn('a'));
    early.begin(turn('a'));
    await expect.poll(() => voiced).toEqual(['re a']);
    expect((await early.take(turn('a')))?.sentences[0]?.text).toBe('re a');
    expect(noted()).toEqual([['policy.prepared', true]]);
    expect(await early.take(turn('a'))).toBeNull();
  });

  it('discards what was prepared for another turn, or before the caller went on', async () => {
    early.begin(turn('a'));
    expect(await early.take(turn('a b'))).toBeNull();
    early.begin(turn('c'));
    early.discard();
    early.discard();
    early.begin(turn('d'));
    early.begin(turn('d e'));
    await Promise.resolve();
    expect(discarded).toEqual(['a', 'c', 'd']);
    expect(noted().map(([, used]) => used)).toEqual([false, false, false]);
    expect(voiced).not.toContain('re c');
  });

  it('answers null when the preparation is stale', async () => {
    early.begin(turn('a'));
    stale = true;
    expect(await early.take(turn('a'))).toBeNull();
    expect(noted()).toEqual([['policy.prepared', false]]);
  });
});

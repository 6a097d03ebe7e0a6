import { describe, expect, test } from 'vitest';
import { turnTakingOf } from '../../../scripts/bench/turnTaking.ts';
import { Metrics } from '../../../server/telemetry/metrics.ts';
import type { TimelineEntry } from '../../../shared/timeline.ts';

const entry = (tMs: number, type: TimelineEntry['type'], data = {}): TimelineEntry => ({
  tMs,
  type,
  ...data,
});

/** A turn, an ignored "mm-hm", one that was not, and an answer that began too early. */
const CALL: TimelineEntry[] = [
  entry(0, 'call.start', { language: 'en' }),
  entry(100, 'call.answered'),
  entry(400, 'assistant.audio.start'),
  entry(1_000, 'assistant.audio.end'),
  entry(2_000, 'caller.speech.start'),
  entry(3_000, 'caller.speech.end'),
  entry(3_400, 'stt.final', { text: 'where is it' }),
  entry(3_410, 'policy.reply'),
  entry(3_600, 'assistant.audio.start'),
  entry(4_000, 'caller.speech.start'),
  entry(4_300, 'caller.speech.end'),
  entry(4_550, 'assistant.resumed', { reason: 'backchannel', heldMs: 400 }),
  entry(4_800, 'stt.final', { text: 'mhm', backchannel: true }),
  entry(5_000, 'caller.speech.start'),
  entry(5_900, 'assistant.interrupted', { reason: 'long', stopMs: 130, decidedMs: 900 }),
  entry(6_000, 'caller.speech.end'),
  entry(6_500, 'stt.final', { text: 'right', backchannel: true }),
  entry(7_000, 'caller.speech.start'),
  entry(7_100, 'assistant.audio.start'),
];

describe('turn-taking, from timelines', () => {
  test('has τ-voice’s four figures', () => {
    expect(turnTakingOf([CALL])).toEqual({
      responseMs: 600,
      stopMs: 130,
      interruptionsATurn: 1 / 3,
      selectivity: 0.5,
    });
  });

  test('has none of them where nothing was said', () => {
    expect(turnTakingOf([[entry(0, 'call.start')]])).toEqual({
      responseMs: null,
      stopMs: null,
      interruptionsATurn: null,
      selectivity: null,
    });
  });

  test('is live in the metrics', async () => {
    const metrics = new Metrics(() => 1);
    const observe = metrics.observer();
    for (const one of CALL) observe(one);
    const text = await metrics.registry.metrics();
    expect(text).toContain('segue_voice_to_voice_seconds_sum 0.6');
    expect(text).toContain('segue_barge_in_stop_seconds_sum 0.13');
    expect(text).toContain('segue_greeting_seconds_sum 0.3');
    expect(text).toContain('segue_caller_interrupted_total 1');
    expect(text).toContain('segue_caller_turns_total 3');
    expect(text).toContain('segue_backchannels_total{ignored="true"} 1');
    expect(text).toContain('segue_backchannels_total{ignored="false"} 1');
    expect(text).toContain('segue_overlaps_total{outcome="dropped",reason="backchannel"} 1');
    expect(text).toContain('segue_overlaps_total{outcome="interrupted",reason="long"} 1');
  });
});

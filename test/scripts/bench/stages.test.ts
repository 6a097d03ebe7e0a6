import { describe, expect, test } from 'vitest';
import { stagesOf } from '../../../scripts/bench/stages.ts';
import type { TimelineEntry } from '../../../shared/timeline.ts';

const entry = (tMs: number, type: TimelineEntry['type'], data = {}): TimelineEntry => ({
  tMs,
  type,
  ...data,
});

const turn = (fromMs: number): TimelineEntry[] => [
  entry(fromMs, 'caller.speech.end'),
  entry(fromMs + 400, 'turn.end', { waitedMs: 400 }),
  entry(fromMs + 450, 'stt.final', { durationMs: 50 }),
  entry(fromMs + 460, 'policy.reply', { durationMs: 8 }),
  entry(fromMs + 530, 'tts.first', { durationMs: 65 }),
  entry(fromMs + 540, 'assistant.audio.start'),
];

describe('the stages of a turn', () => {
  test('add up to the time from the last sound to the first audio', () => {
    const [stages] = stagesOf(turn(5000));
    expect(stages).toEqual({
      endOfTurnMs: 400,
      sttMs: 50,
      policyMs: 8,
      ttsMs: 65,
      restMs: 17,
      serverMs: 540,
    });
  });

  test('every answered turn counts, an unanswered one does not take the next one’s answer', () => {
    const unanswered = [
      entry(8000, 'turn.end', { waitedMs: 400 }),
      entry(8040, 'stt.final', { durationMs: 40 }),
    ];
    expect(stagesOf([...turn(5000), ...unanswered, ...turn(10_000)])).toHaveLength(2);
  });

  test('the greeting is no turn', () => {
    expect(stagesOf([entry(0, 'call.start'), entry(300, 'assistant.audio.start')])).toEqual([]);
  });
});

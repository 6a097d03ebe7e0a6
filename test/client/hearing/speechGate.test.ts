import { describe, expect, it } from 'vitest';
import { type Speech, SpeechGate } from '../../../client/hearing/speechGate.ts';
import type { Verdict } from '../../../client/hearing/windowJudge.ts';

function feed(gate: SpeechGate, probabilities: number[], engine: Verdict['engine'] = 'silero') {
  const told: ({ at: number } & Speech)[] = [];
  for (const [at, probability] of probabilities.entries()) {
    const speech = gate.update({ engine, probability });
    if (speech) told.push({ at, ...speech });
  }
  return told;
}
const times = (count: number, value: number) => Array.from({ length: count }, () => value);

describe('beginning and end of speech', () => {
  it('begins after two sure windows and ends with the first that surely is none', () => {
    const told = feed(new SpeechGate(), [0, 0.9, 0.9, ...times(20, 0.95), ...times(12, 0.05)]);
    expect(told).toEqual([
      { at: 2, active: true, confidence: 0.9 },
      { at: 23, active: false, confidence: 0.95 },
    ]);
  });

  it('takes one loud window for a click', () => {
    expect(feed(new SpeechGate(), [0, 1, 0, 0, 1, 0])).toEqual([]);
  });

  it('ends with two doubtful windows in a row, not with one', () => {
    expect(feed(new SpeechGate(), [1, 1, 0.5, 1, 0.5, 1])).toHaveLength(1);
    expect(feed(new SpeechGate(), [1, 1, 1, 0.5, 0.55])).toMatchObject([{ at: 1 }, { at: 4, active: false }]);
  });

  it('does not end in the closures of words by energy alone', () => {
    const told = feed(new SpeechGate(), [1, 1, 1, ...times(9, 0), 1, ...times(10, 0.1)], 'energy');
    expect(told).toMatchObject([{ at: 2 }, { at: 22, active: false }]);
  });

  it('wants more certainty while the assistant talks, and most from energy alone', () => {
    const gate = new SpeechGate();
    gate.assistantTalks = true;
    expect(feed(gate, times(10, 0.6))).toEqual([]);
    expect(feed(gate, times(3, 0.9), 'energy')).toEqual([]);
    expect(feed(gate, times(4, 0.99), 'energy')).toMatchObject([{ at: 3, active: true }]);
  });

  it('wants most where the assistant’s echo is not cancelled, and takes loudness for nothing there', () => {
    const gate = new SpeechGate();
    gate.assistantTalks = true;
    gate.echoCancelled = false;
    expect(feed(gate, times(50, 0.85))).toEqual([]);
    expect(feed(gate, times(50, 1), 'energy')).toEqual([]);
    expect(feed(gate, times(6, 0.95))).toMatchObject([{ at: 5, active: true }]);
    gate.assistantTalks = false;
    expect(feed(gate, times(10, 0))).toMatchObject([{ active: false }]);
  });

  it('is over when nothing can be heard any more', () => {
    const gate = new SpeechGate();
    expect(gate.reset()).toBeNull();
    feed(gate, times(3, 1));
    expect(gate.reset()).toEqual({ active: false, confidence: 0 });
    expect(gate.reset()).toBeNull();
  });
});

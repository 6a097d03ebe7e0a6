import { describe, expect, it } from 'vitest';
import { endpointRates, ruleTakes, scaleFor, timerTakes } from '../../../scripts/bench/endpointRates.ts';
import type { TurnTrace } from '../../../scripts/bench/turnTrace.ts';

/** Speech, a pause of 500 ms, speech, the end at 2500; the rule waits for 600 ms in the pause and 400 at the end. */
function trace(pauseWaitMs = 600): TurnTrace {
  const segments = [
    { startMs: 0, endMs: 1_000 },
    { startMs: 1_500, endMs: 2_500 },
  ];
  const question = {
    text: null,
    language: 'en',
    expectation: 'open',
    digits: null,
    patienceMs: 0,
    finality: null,
    deviceMs: 0,
    reason: 'no-words',
  } as const;
  const silences = (endMs: number, untilMs: number, waitMs: number) =>
    Array.from({ length: (untilMs - 200) / 20 }, (_, index) => {
      const silenceMs = 200 + index * 20;
      return { ...question, atMs: endMs + silenceMs, silenceMs, waitMs };
    });
  return {
    turn: { name: 'a', language: 'en', kind: 'whole', pcm16k: new Float32Array(), segments },
    moments: [...silences(1_000, 500, pauseWaitMs), ...silences(2_500, 2_000, 400)],
  };
}

describe('endpointRates', () => {
  it('counts a turn that is taken in an inner pause, and waits from the true end', () => {
    const kept = endpointRates([trace()], ruleTakes(1));
    expect(kept).toMatchObject({ innerPauses: 1, cutTurns: 0, meanWaitMs: 400, missed: 0 });
    const cut = endpointRates([trace(), trace(300)], ruleTakes(1));
    expect(cut).toMatchObject({ innerPauses: 2, cutTurns: 0.5, cutPauses: 0.5, meanWaitMs: 400 });
  });

  it('counts each pause by itself, and turns beside all turns and beside those with a pause', () => {
    const whole = trace();
    whole.turn.segments = [{ startMs: 0, endMs: 2_500 }];
    whole.moments = whole.moments.filter(({ atMs }) => atMs > 2_500);
    const twice = trace(300);
    twice.turn.segments = [...twice.turn.segments, { startMs: 3_000, endMs: 4_000 }];
    // Cut in its first pause; in its second one it would have been cut, too.
    expect(endpointRates([whole, twice], ruleTakes(1))).toMatchObject({
      innerPauses: 2,
      cutPauses: 1,
      cutTurns: 1,
      cutOfAll: 0.5,
    });
  });

  it('compares with a plain timer', () => {
    expect(endpointRates([trace()], timerTakes(300)).cutTurns).toBe(1);
    expect(endpointRates([trace()], timerTakes(600))).toMatchObject({ cutTurns: 0, meanWaitMs: 600 });
  });

  it('finds the scale at which few enough are cut off', () => {
    expect(scaleFor([trace(300)], 0.05)).toBeCloseTo(1.62, 1);
    expect(endpointRates([trace()], ruleTakes(9)).missed).toBe(1);
  });
});

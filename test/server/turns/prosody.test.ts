import { describe, expect, test } from 'vitest';
import { PitchTracker } from '../../../server/turns/pitch.ts';
import { Prosody } from '../../../server/turns/prosody.ts';
import { SPEECH_RATE_HZ } from '../../../shared/audio.ts';

const WINDOW = 512;

/** A buzzing voice with a pitch of its own at every moment. */
function* voice(hzAt: (ms: number) => number, ms: number, gain = 0.3): Generator<Float32Array> {
  let phase = 0;
  for (let from = 0; from < (ms * SPEECH_RATE_HZ) / 1000; from += WINDOW) {
    yield new Float32Array(WINDOW).map((_, index) => {
      phase += hzAt(((from + index) * 1000) / SPEECH_RATE_HZ) / SPEECH_RATE_HZ;
      return gain * [1, 2, 3, 4, 5].reduce((sum, n) => sum + Math.sin(2 * Math.PI * n * phase) / n, 0);
    });
  }
}

describe('pitch', () => {
  test.each([80, 110, 160, 220, 310, 380])('of %d Hz is found within a quarter of a semitone', (hz) => {
    const tracker = new PitchTracker();
    for (const window of voice(() => hz, 400)) tracker.push(window);
    const found = tracker.hz();
    expect(Math.abs(12 * Math.log2(found / hz))).toBeLessThan(0.25);
  });

  test('is none in noise and in silence', () => {
    const tracker = new PitchTracker();
    let state = 1;
    const noise = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 31 - 1;
    };
    const found = Array.from({ length: 30 }, () => {
      tracker.push(new Float32Array(WINDOW).map(noise));
      return tracker.hz();
    });
    expect(found.filter((hz) => hz > 0).length).toBeLessThan(3);
    tracker.push(new Float32Array(WINDOW));
    tracker.push(new Float32Array(WINDOW));
    expect(tracker.hz()).toBe(0);
  });
});

describe('the end of what was said', () => {
  const heard = (hzAt: (ms: number) => number): Prosody => {
    const prosody = new Prosody();
    for (const window of voice(hzAt, 1_200)) prosody.push(window, 0.95);
    for (let count = 0; count < 6; count += 1) prosody.push(new Float32Array(WINDOW), 0.02);
    return prosody;
  };

  test('sounds more final the deeper the voice falls', () => {
    const falls = heard((ms) => (ms < 700 ? 180 : 180 - (ms - 700) * 0.15));
    const level = heard(() => 180);
    const rises = heard((ms) => (ms < 700 ? 180 : 180 + (ms - 700) * 0.2));
    expect(falls.ending()?.slope).toBeLessThan(-8);
    expect(rises.ending()?.slope).toBeGreaterThan(8);
    const [low = 0, middle = 0, high = 0] = [rises, level, falls].map((one) => one.finality() ?? 0);
    expect(low).toBeLessThan(middle);
    expect(middle).toBeLessThan(high);
    expect(middle).toBeLessThan(0.5);
  });

  test('tells nothing where there was hardly any voice', () => {
    const prosody = new Prosody();
    expect(prosody.finality()).toBeNull();
    for (let count = 0; count < 40; count += 1) prosody.push(new Float32Array(WINDOW), 0.9);
    expect(prosody.finality()).toBeNull();
  });
});

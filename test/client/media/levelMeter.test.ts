import { describe, expect, it } from 'vitest';
import { levelOf, SpeakingDetector } from '../../../client/media/levelMeter.ts';

const tone = (amplitude: number) =>
  Float32Array.from({ length: 1024 }, (_, i) => amplitude * Math.sin((i * Math.PI) / 8));

describe('the level of the microphone', () => {
  it('is linear in decibels between silence and a loud voice', () => {
    expect(levelOf(new Float32Array(1024))).toBe(0);
    expect(levelOf(tone(1))).toBe(1);
    const quiet = levelOf(tone(0.01));
    const louder = levelOf(tone(0.02));
    // Twice the amplitude is 6 dB of the 42 dB between the ends.
    expect(louder - quiet).toBeCloseTo(6.02 / 42, 2);
  });

  it('takes a pause between words for speech, and a longer one for silence', () => {
    const detector = new SpeakingDetector();
    expect(detector.update(0.1, 0)).toBe(false);
    expect(detector.update(0.6, 20)).toBe(true);
    expect(detector.update(0, 300)).toBe(true);
    expect(detector.update(0, 500)).toBe(false);
  });
});

import { describe, expect, test } from 'vitest';
import { finishVoice } from '../../../server/speech/voiceFinish.ts';
import { babble, rms } from '../../fakes/voice.ts';

const silence = (ms: number) => new Float32Array(ms * 16);
const join = (...parts: Float32Array[]) => Float32Array.from(parts.flatMap((part) => [...part]));
const dB = (ratio: number) => 20 * Math.log10(ratio);
const peak = (pcm: Float32Array) => pcm.reduce((max, sample) => Math.max(max, Math.abs(sample)), 0);

describe('finishVoice', () => {
  test('leaves at most 40 ms of silence before and 80 ms after the speech', () => {
    const finished = finishVoice(join(silence(500), babble(50), silence(700)));
    const durationMs = finished.length / 16;
    expect(durationMs).toBeGreaterThan(1_000);
    expect(durationMs).toBeLessThanOrEqual(1_000 + 40 + 80);
  });

  test.each([0.02, 0.2, 0.9])('brings a voice of level %d to −20 dBFS', (level) => {
    const finished = finishVoice(babble(100, level));
    expect(Math.abs(dB(rms(finished)) + 20)).toBeLessThan(1.5);
    expect(dB(peak(finished))).toBeLessThanOrEqual(-0.99);
  });

  test('keeps peaks below −1 dBFS where the voice has few but high ones', () => {
    const spiky = babble(100, 0.05);
    for (let at = 0; at < spiky.length; at += 4_000) spiky[at] = 1;
    expect(dB(peak(finishVoice(spiky)))).toBeLessThanOrEqual(-0.99);
  });

  test('begins and ends at zero', () => {
    const finished = finishVoice(babble(50));
    expect(Math.abs(finished[0] as number)).toBe(0);
    expect(Math.abs(finished.at(-1) as number)).toBe(0);
  });

  test('lets silence be silence', () => {
    expect(peak(finishVoice(silence(300)))).toBe(0);
    expect(finishVoice(new Float32Array()).length).toBeGreaterThan(0);
  });
});

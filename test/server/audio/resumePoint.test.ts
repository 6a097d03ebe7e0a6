import { describe, expect, test } from 'vitest';
import { resumePoint } from '../../../server/audio/resumePoint.ts';

const MS = 16;

/** Words of 200 ms with gaps of 100 ms. */
function words(count: number): Float32Array {
  const pcm16k = new Float32Array(count * 300 * MS);
  for (let at = 0; at < count; at += 1) pcm16k.fill(0.3, at * 300 * MS, (at * 300 + 200) * MS);
  return pcm16k;
}

describe('speech that was stopped', () => {
  test('goes on from the gap before the word that was cut off', () => {
    const at = resumePoint(words(5), 720 * MS) / MS;
    expect(at).toBeGreaterThanOrEqual(500);
    expect(at).toBeLessThan(600);
  });

  test('stopped in a gap, goes on from there', () => {
    expect(resumePoint(words(5), 560 * MS) / MS).toBeGreaterThanOrEqual(540);
  });

  test('starts anew when it had hardly begun', () => {
    expect(resumePoint(words(5), 200 * MS)).toBe(0);
    expect(resumePoint(new Float32Array(0), 0)).toBe(0);
  });

  test('without a gap goes on from the quietest moment, at most 600 ms earlier', () => {
    const drone = new Float32Array(3_000 * MS).fill(0.3);
    drone.fill(0.2, 1_700 * MS, 1_720 * MS);
    const at = resumePoint(drone, 2_000 * MS) / MS;
    expect(at).toBeGreaterThanOrEqual(1_690);
    expect(at).toBeLessThanOrEqual(1_720);
  });

  test('stopped at its very end, has a place inside itself', () => {
    const clip = words(3);
    expect(resumePoint(clip, clip.length + 1_000)).toBeLessThan(clip.length);
  });
});

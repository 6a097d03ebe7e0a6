import { describe, expect, test } from 'vitest';
import { gainOf, seededRandom } from '../../../scripts/bench/noise.ts';
import { Sibilance } from '../../../server/turns/sibilance.ts';
import { soundsOf } from '../../../server/turns/windowSounds.ts';

const WINDOW = 512;

/** A hiss around 6 kHz, or with `hz` anywhere, whose level in dBFS follows `dBAt` sample by sample. */
function hiss(samples: number, dBAt: (at: number) => number, hz = 6_000): Float32Array {
  const random = seededRandom(7);
  const turn = (2 * Math.PI * hz) / 16_000;
  const [near, far] = [1.6 * Math.cos(turn), 0.64];
  let [one, two] = [0, 0];
  const raw = Float32Array.from({ length: samples }, () => {
    [one, two] = [random() - 0.5 + near * one - far * two, one];
    return one;
  });
  const rms = Math.sqrt(raw.reduce((sum, sample) => sum + sample * sample, 0) / samples);
  return raw.map((sample, at) => (sample / rms) * gainOf(dBAt(at)));
}

/** Windows in which one is found, after half a second of a quiet room. */
function found(pcm16k: Float32Array): number[] {
  const sibilance = new Sibilance();
  const room = hiss(16 * WINDOW, () => -72, 2_000);
  const all = Float32Array.from([...room, ...pcm16k]);
  const windows: number[] = [];
  for (let at = 0; at + WINDOW <= all.length; at += WINDOW) {
    if (sibilance.push(soundsOf(all.subarray(at, at + WINDOW)))) windows.push(at / WINDOW - 16);
  }
  return windows;
}

describe('an s at the beginning', () => {
  test('is found within two windows', () => {
    expect(found(hiss(4 * WINDOW, (at) => -45 + at / 100))[0]).toBeLessThanOrEqual(1);
  });

  test('is none when it dies away at once, as a knock or a click does', () => {
    expect(found(hiss(4 * WINDOW, (at) => -10 - at / 20))).toEqual([]);
  });

  test('is none when it is no brighter than breath or a cough', () => {
    expect(found(hiss(8 * WINDOW, () => -30, 2_000))).toEqual([]);
  });

  test('is none when it is hardly louder than the room', () => {
    expect(found(hiss(8 * WINDOW, () => -62))).toEqual([]);
  });

  test('becomes the room when it goes on', () => {
    const windows = found(hiss(400 * WINDOW, () => -36));
    expect(windows.at(-1)).toBeLessThan(250);
  });
});

import { describe, expect, test } from 'vitest';
import { gainOf, levelDb, NOISE_KINDS, noiseOf } from '../../../scripts/bench/noise.ts';
import { LineQuality } from '../../../server/turns/lineQuality.ts';
import { noise, readWav, recording, silence } from '../../fakes/recordings.ts';

const WINDOW = 512;
const wav = recording('de/de4-69.wav');

/** Three utterances of a second in noise, between pauses of a second, judged as a good detector would. */
function receptions(speechDb: number, noiseDb: number) {
  const line = new LineQuality();
  const background = noise(8_000, noiseDb, 3);
  const voice = noise(8_000, speechDb, 4);
  const found = [];
  for (let at = 0; at + WINDOW <= background.length; at += WINDOW) {
    const speaks = Math.floor(at / 16_000) % 2 === 1;
    const window = background.slice(at, at + WINDOW);
    if (speaks) for (let i = 0; i < WINDOW; i += 1) window[i] = (window[i] ?? 0) + (voice[at + i] ?? 0);
    line.push(window, speaks ? 0.95 : 0.05);
    if (!speaks) found.push(line.utterance());
  }
  return found.filter((reception) => reception !== null);
}

describe('the quality of a line', () => {
  test.each([
    [-26, -31],
    [-26, -46],
    [-50, -70],
  ])('speech of %d dBFS in noise of %d dBFS is told within 2 dB', (speechDb, noiseDb) => {
    const found = receptions(speechDb, noiseDb);
    expect(found).toHaveLength(4 - 1);
    for (const { levelDb: level, snrDb } of found) {
      expect(Math.abs(level - speechDb)).toBeLessThanOrEqual(2);
      expect(Math.abs(snrDb - (speechDb - noiseDb))).toBeLessThanOrEqual(2);
    }
  });

  test('a word too short to tell is not told, and silence is no error', () => {
    const line = new LineQuality();
    for (let count = 0; count < 7; count += 1) line.push(silence(32), 0.9);
    expect(line.utterance()).toBeNull();
    for (let count = 0; count < 20; count += 1) line.push(silence(32), 0.9);
    expect(line.utterance()?.snrDb).toBeLessThanOrEqual(0);
  });

  test('noise that never stops being taken for speech is found by its minimum', () => {
    const line = new LineQuality();
    const steady = noise(6_000, -30);
    for (let at = 0; at + WINDOW <= steady.length; at += WINDOW)
      line.push(steady.slice(at, at + WINDOW), 0.9);
    expect(line.utterance()?.snrDb).toBeLessThan(8);
  });

  test.skipIf(!wav).each(NOISE_KINDS)('a real voice in %s noise: 6 dB are noisy, 25 dB are not', (kind) => {
    const voice = readWav(wav as string);
    for (const [snrDb, noisy] of [
      [6, true],
      [25, false],
    ] as const) {
      const line = new LineQuality();
      const sound = noiseOf(kind, 5, [readWav(wav as string)])(voice.length + 32_000);
      const gain = gainOf(levelDb(voice) - snrDb);
      for (let at = 0; at + WINDOW <= sound.length; at += WINDOW) {
        const clean = voice.subarray(Math.max(0, at - 32_000), Math.max(0, at - 32_000) + WINDOW);
        const window = sound
          .slice(at, at + WINDOW)
          .map((sample, i) => gain * sample + (at < 32_000 ? 0 : (clean[i] ?? 0)));
        const speaks = at >= 32_000 && levelDb(clean) > levelDb(voice) - 12;
        line.push(window, speaks ? 0.95 : at < 32_000 ? 0.05 : 0.4);
      }
      const heard = line.utterance();
      expect(heard?.snrDb, `${kind} at ${snrDb} dB`)[noisy ? 'toBeLessThan' : 'toBeGreaterThan'](
        noisy ? 11 : 14,
      );
    }
  });
});

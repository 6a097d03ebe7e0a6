import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { energySegments } from '../../../scripts/bench/energySegments.ts';
import { gainOf, noiseOf } from '../../../scripts/bench/noise.ts';
import { labelledSet, mixedSet } from '../../../scripts/bench/vadSet.ts';
import { writeWav } from '../../../scripts/call/wav.ts';
import { join16k, mix, noise, silence } from '../../fakes/recordings.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segue-set-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const wav = (ms: number) => writeWav({ rateHz: 8_000, samples: new Float32Array(8 * ms) });

describe('a folder of labelled recordings', () => {
  test('gives each WAV that has segments, at 16 kHz', async () => {
    await writeFile(join(folder, 'a.wav'), wav(500));
    await writeFile(join(folder, 'a.json'), '[{"startMs":100,"endMs":300}]');
    await writeFile(join(folder, 'b.wav'), wav(500));
    await writeFile(join(folder, 'b.json'), '{"text":"a turn","segments":[[100,300]]}');
    await writeFile(join(folder, 'unlabelled.wav'), wav(500));
    const [only, turn, ...others] = await labelledSet(folder);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ name: 'a.wav', segments: [{ startMs: 100, endMs: 300 }] });
    expect(turn?.segments).toEqual(only?.segments);
    expect(only?.pcm16k).toHaveLength(8_000);
  });

  test('is refused in words when segments are none, or nothing is labelled', async () => {
    await expect(labelledSet(folder)).rejects.toThrow(/segments/);
    await writeFile(join(folder, 'a.wav'), wav(500));
    await writeFile(join(folder, 'a.json'), '[{"startMs":300,"endMs":100}]');
    await expect(labelledSet(folder)).rejects.toThrow(/a\.json/);
    await expect(mixedSet(folder)).rejects.toThrow(/--set/);
  });
});

test('speech is found in a clean recording by its energy, rumble and clicks left out', () => {
  const voice = noise(600, -20);
  const rumble = noiseOf('hum', 3)(16 * 3_000).map((sample) => sample * gainOf(-45));
  const recording = mix(
    join16k(silence(500), voice, silence(100), voice, silence(600), noise(20, -20), silence(580)),
    rumble,
  );
  expect(energySegments(recording)).toEqual([{ startMs: 500, endMs: 1_800 }]);
});

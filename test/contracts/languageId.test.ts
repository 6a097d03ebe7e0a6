import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openZkmLid } from '../../server/speech/engines/zkmLid.ts';
import type { LanguageIdEngine } from '../../server/speech/languageId.ts';
import { languageModelDir, languageModelFiles } from '../fakes/languageModel.ts';
import { noise, readWav, recording } from '../fakes/recordings.ts';

const engines: [name: string, open: (modelDir: string) => LanguageIdEngine][] = [
  ['zkm-lid', (modelDir) => openZkmLid({ modelDir })],
];
const spoken = (['de/de4-67.wav', 'es/es-0027.wav', 'fr/fr-sb-497.wav', 'en/jfk.wav'] as const).flatMap(
  (name) => {
    const file = recording(name);
    return file ? [{ language: name.slice(0, 2), pcm16k: readWav(file).slice(0, 80_000) }] : [];
  },
);

describe.skipIf(!languageModelDir).each(engines)('language port: %s', (_, open) => {
  let engine: LanguageIdEngine;
  beforeAll(() => {
    engine = open(languageModelDir as string);
  });
  afterAll(() => engine.close());
  const best = async (pcm16k: Float32Array) => {
    const scores = await engine.judge(pcm16k);
    return engine.labels[scores.indexOf(Math.max(...scores))];
  };

  test.skipIf(spoken.length === 0)('recognises real recordings, several at once', async () => {
    const found = await Promise.all(spoken.map(({ pcm16k }) => best(pcm16k.slice())));
    expect(found).toEqual(spoken.map(({ language }) => language));
  });

  test('has one score for each label, whatever the samples are', async () => {
    const odd = [0, 1e6, Number.NaN].map((sample) => new Float32Array(16_000).fill(sample));
    for (const pcm16k of [...odd, noise(1_000, -20)]) {
      const scores = await engine.judge(pcm16k);
      expect(scores).toHaveLength(engine.labels.length);
      expect(scores.every(Number.isFinite)).toBe(true);
    }
  });

  test('rejects what cannot be judged, and goes on', async () => {
    await expect(engine.judge(new Float32Array(100))).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect(await engine.judge(noise(1_000, -20))).toHaveLength(engine.labels.length);
  });

  test('rejects after it was closed', async () => {
    const other = open(languageModelDir as string);
    await other.judge(noise(500, -20));
    await other.close();
    await other.close();
    await expect(other.judge(noise(500, -20))).rejects.toMatchObject({ code: 'SPEECH_UNAVAILABLE' });
  });
});

describe('the language model on the server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'segue-lid-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('is missing where it is not installed', () => {
    expect(() => openZkmLid({ modelDir: '/nowhere' })).toThrow(
      expect.objectContaining({ code: 'MODEL_MISSING' }),
    );
  });

  test.skipIf(!languageModelDir)('is refused when it is damaged, at the first question', async () => {
    const { index, data } = languageModelFiles(languageModelDir as string);
    writeFileSync(join(folder, 'variables.index'), index);
    writeFileSync(join(folder, 'variables.data'), data.subarray(0, 2_000_000));
    const engine = openZkmLid({ modelDir: folder });
    for (let asked = 0; asked < 2; asked += 1) {
      await expect(engine.judge(noise(500, -20))).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    }
    await engine.close();
  });
});

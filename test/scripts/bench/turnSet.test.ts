import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTurnSet } from '../../../scripts/bench/turnSet.ts';
import { writeWav } from '../../../scripts/call/wav.ts';

describe('readTurnSet', () => {
  let folder = '';
  const wav = writeWav({ rateHz: 8_000, samples: new Float32Array(800) });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'segue-set-'));
    await mkdir(join(folder, 'fr'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('takes segments from JSON and words from text, and languages from folders', async () => {
    await writeFile(join(folder, 'fr', 'b-2.wav'), wav);
    await writeFile(join(folder, 'fr', 'b-2.txt'), 'bonjour\n');
    await writeFile(join(folder, 'a.wav'), wav);
    await writeFile(
      join(folder, 'a.json'),
      JSON.stringify({ text: 'hi', segments: [[10, 90]], speaker: 'jo' }),
    );
    const [a, b] = await readTurnSet(folder);
    expect(a).toMatchObject({ name: 'a', language: 'en', speaker: 'jo', text: 'hi' });
    expect(a?.segments).toEqual([{ startMs: 10, endMs: 90 }]);
    expect(a?.pcm16k).toHaveLength(1_600);
    expect(b).toMatchObject({ language: 'fr', speaker: 'fr/b', text: 'bonjour', segments: null });
  });

  it('names the file that cannot be read', async () => {
    await writeFile(join(folder, 'a.wav'), wav);
    await writeFile(join(folder, 'a.json'), '{"segments": "none"}');
    await expect(readTurnSet(folder)).rejects.toThrow(/a\.wav/);
  });
});

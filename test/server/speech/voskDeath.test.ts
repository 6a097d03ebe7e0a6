import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadFlite } from '../../../server/speech/engines/flite.ts';
import { loadVosk } from '../../../server/speech/engines/vosk.ts';
import { failoverStt } from '../../../server/speech/failoverStt.ts';
import type { SttEngine } from '../../../server/speech/stt.ts';
import { systemClock } from '../../../shared/clock.ts';
import { childrenRunning } from '../../fakes/childProcesses.ts';
import { join16k, noise, pieces, voskFiles } from '../../fakes/recordings.ts';

const files = voskFiles ?? { libraryFile: null, modelDir: '' };

describe.skipIf(!voskFiles || process.platform !== 'linux')('a recogniser whose process dies', () => {
  let stt: SttEngine;
  let sentence: Float32Array;
  beforeAll(async () => {
    stt = failoverStt([await loadVosk({ ...files, language: 'en', threads: 1 })], { clock: systemClock });
    const flite = await loadFlite();
    const { pcm16k } = await flite.synthesise('I want to return my blue jacket', {
      language: 'en',
      voice: 'rms',
    });
    sentence = join16k(noise(300, -62), pcm16k, noise(200, -62, 2));
    await flite.close();
  });
  afterAll(() => stt?.close());

  const pid = (): number => {
    const [only, ...others] = childrenRunning('voskProcess');
    expect(others).toEqual([]);
    return only as number;
  };

  test.each(['SIGSEGV', 'SIGKILL', 'SIGSTOP'] as const)(
    'hears the whole sentence all the same (%s in the middle of it)',
    async (signal) => {
      const stream = await stt.open({ language: 'en' });
      const frames = pieces(sentence, 320);
      const before = pid();
      frames.forEach((frame, index) => {
        if (index === frames.length >> 1) process.kill(before, signal);
        stream.write(frame);
      });
      expect((await stream.flush()).text).toMatch(/i want to return my \w+ jacket/);
      expect(pid()).not.toBe(before);
      stream.close();
    },
    15_000,
  );
});

import { copyFileSync, cpSync, mkdtempSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadFlite } from '../../server/speech/engines/flite.ts';
import { loadVosk } from '../../server/speech/engines/vosk.ts';
import { failoverStt } from '../../server/speech/failoverStt.ts';
import type { SttEngine, SttStream } from '../../server/speech/stt.ts';
import type { TtsEngine } from '../../server/speech/tts.ts';
import { systemClock } from '../../shared/clock.ts';
import { join16k, noise, pieces, readWav, recording, silence, voskFiles } from '../fakes/recordings.ts';

const files = voskFiles ?? { libraryFile: null, modelDir: '' };
const engines: [name: string, load: () => Promise<SttEngine>][] = [
  ['vosk, one thread', () => loadVosk({ ...files, language: 'en', threads: 1 })],
  ['vosk, two threads', () => loadVosk({ ...files, language: 'en', threads: 2 })],
  [
    'vosk, guarded',
    async () =>
      failoverStt([await loadVosk({ ...files, language: 'en', threads: 1 })], { clock: systemClock }),
  ],
];

const jfk = recording('en/jfk.wav');

describe.skipIf(!voskFiles).each(engines)('STT port: %s', (_, load) => {
  let stt: SttEngine;
  let flite: TtsEngine;
  beforeAll(async () => {
    [stt, flite] = await Promise.all([load(), loadFlite()]);
  });
  afterAll(() => Promise.all([stt?.close(), flite?.close()]));

  const voice = async (text: string): Promise<Float32Array> => {
    const { pcm16k } = await flite.synthesise(text, { language: 'en', voice: 'rms' });
    return join16k(noise(300, -62), pcm16k, noise(200, -62, 2));
  };
  const write = (stream: SttStream, pcm16k: Float32Array) => {
    for (const frame of pieces(pcm16k, 320)) stream.write(frame);
  };

  test('writes down what was said', async () => {
    const stream = await stt.open({ language: 'en-GB' });
    write(stream, await voice('I want to return my blue jacket'));
    const { text, confidence, words } = await stream.flush();
    expect(text).toMatch(/i want to return my \w+ jacket/);
    expect(words.map((word) => word.text).join(' ')).toBe(text);
    expect(confidence).toBeGreaterThan(0.5);
    expect(confidence).toBeLessThanOrEqual(1);
    for (const [index, word] of words.entries()) {
      expect(word.startMs).toBeGreaterThanOrEqual(words[index - 1]?.startMs ?? 0);
      expect(word.endMs).toBeGreaterThanOrEqual(word.startMs);
      expect(word.confidence).toBeLessThanOrEqual(1);
    }
    stream.close();
  });

  test('dates words within their segment, also in later ones', async () => {
    const stream = await stt.open({ language: 'en' });
    for (let segment = 0; segment < 3; segment++) {
      const pcm16k = await voice('I want to return my blue jacket');
      write(stream, pcm16k);
      const { words } = await stream.flush();
      expect(words[0]?.startMs).toBeGreaterThan(100);
      expect(words[0]?.startMs).toBeLessThan(600);
      expect(words.at(-1)?.endMs).toBeGreaterThan(pcm16k.length / 16 - 600);
      expect(words.at(-1)?.endMs).toBeLessThan(pcm16k.length / 16 + 100);
    }
    stream.close();
  });

  test('tells the text so far while it is said', async () => {
    const stream = await stt.open({ language: 'en' });
    const partials: string[] = [];
    stream.onPartial((text) => partials.push(text));
    write(stream, await voice('can you tell me the status of my return please'));
    await stream.flush();
    expect(partials.length).toBeGreaterThan(3);
    expect(partials.every((text, index) => text !== partials[index - 1])).toBe(true);
    stream.close();
  });

  test('compares short speech with phrases when asked to, and only then', async () => {
    const stream = await stt.open({ language: 'en', spot: ['okay', 'of course', 'stop', 'blargh'] });
    const spot = async (text: string, on: boolean) => {
      stream.spotting?.(on);
      write(stream, await voice(text));
      const { spotted } = await stream.flush();
      return spotted?.toSorted((one, other) => other.margin - one.margin)[0] ?? null;
    };
    expect(await spot('I want to return my blue jacket.', false)).toBeNull();
    expect(await spot('Of course.', true)).toEqual({ text: 'of course', margin: expect.closeTo(0, -1) });
    expect((await spot('Stop.', true))?.text).toBe('stop');
    expect((await spot('I want to return my blue jacket.', true))?.margin).toBeLessThan(-10);
    expect(await spot('Okay.', false)).toBeNull();
    stream.close();
  });

  test('offers other readings, never the same one twice', async () => {
    const stream = await stt.open({ language: 'en' });
    write(stream, await voice('my order number is one zero four two seven'));
    const { text, alternatives } = await stream.flush();
    expect(alternatives.length).toBeGreaterThan(0);
    expect(new Set([text, ...alternatives]).size).toBe(alternatives.length + 1);
    stream.close();
  });

  test('makes nothing of silence, of no sound at all, and of a breath of it', async () => {
    const stream = await stt.open({ language: 'en' });
    expect(await stream.flush()).toEqual({ text: '', confidence: 0, words: [], alternatives: [] });
    stream.write(silence(2_000));
    expect((await stream.flush()).text).toBe('');
    stream.write(new Float32Array(1));
    expect((await stream.flush()).text).toBe('');
    stream.write(new Float32Array());
    expect((await stream.flush()).text).toBe('');
    stream.close();
  });

  test('begins each segment anew, and answers flushes in their order', async () => {
    const stream = await stt.open({ language: 'en' });
    write(stream, await voice('where is my order'));
    const first = stream.flush();
    write(stream, await voice('I was charged twice'));
    const second = stream.flush();
    expect((await first).text).toContain('order');
    expect((await second).text).not.toContain('order');
    expect((await second).text).toMatch(/charged|twice/);
    stream.close();
  });

  test('keeps the streams of several calls apart', async () => {
    const said = [
      'where is my order',
      'I was charged twice',
      'can you repeat that',
      'the shoes are too small',
    ];
    const texts = await Promise.all(
      said.map(async (text) => {
        const stream = await stt.open({ language: 'en' });
        write(stream, await voice(text));
        const heard = await stream.flush();
        stream.close();
        return heard.text;
      }),
    );
    expect(texts[0]).toContain('order');
    expect(texts[1]).toMatch(/charged|twice/);
    expect(texts[2]).toContain('repeat');
    expect(texts[3]).toMatch(/too small|to small/);
  });

  test.skipIf(!jfk)('understands a real voice', async () => {
    const stream = await stt.open({ language: 'en' });
    write(stream, readWav(jfk as string));
    const { text } = await stream.flush();
    expect(text).toContain('your country can do for you');
    stream.close();
  });

  test('closed, a stream rejects what waits and what comes', async () => {
    const stream = await stt.open({ language: 'en' });
    write(stream, await voice('where is my order'));
    const rejected = expect(stream.flush()).rejects.toMatchObject({ code: 'SPEECH_UNAVAILABLE' });
    stream.close();
    stream.close();
    await rejected;
    stream.write(silence(100));
    await expect(stream.flush()).rejects.toMatchObject({ code: 'SPEECH_UNAVAILABLE' });
  });

  test('does not pretend to know other languages', async () => {
    await expect(stt.open({ language: 'fr' })).rejects.toMatchObject({ code: 'SPEECH_UNAVAILABLE' });
  });

  test('closed, an engine opens no streams', async () => {
    const other = await load();
    const stream = await other.open({ language: 'en' });
    await other.close();
    await other.close();
    await expect(stream.flush()).rejects.toMatchObject({ code: 'SPEECH_UNAVAILABLE' });
    await expect(other.open({ language: 'en' })).rejects.toMatchObject({ code: 'SPEECH_UNAVAILABLE' });
  });
});

describe('a Vosk that cannot be loaded says why', () => {
  const language = 'en';
  test('no library for the platform', async () => {
    await expect(loadVosk({ libraryFile: null, modelDir: '/nowhere', language })).rejects.toMatchObject({
      code: 'MODEL_MISSING',
    });
  });
  test('no such files', async () => {
    await expect(
      loadVosk({ libraryFile: '/nowhere/libvosk.so', modelDir: '/nowhere', language }),
    ).rejects.toMatchObject({ code: 'MODEL_MISSING' });
  });

  describe.skipIf(!voskFiles)('broken files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'segue-vosk-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test('a library that is none', async () => {
      const libraryFile = join(folder, 'libvosk.so');
      copyFileSync(import.meta.filename, libraryFile);
      await expect(loadVosk({ ...files, libraryFile, language })).rejects.toMatchObject({
        code: 'MODEL_MISSING',
      });
    });

    test('a model that is cut off', async () => {
      const modelDir = join(folder, 'model');
      cpSync(join(files.modelDir, 'am'), join(modelDir, 'am'), { recursive: true });
      for (const part of ['conf', 'graph', 'ivector'])
        symlinkSync(join(files.modelDir, part), join(modelDir, part));
      truncateSync(join(modelDir, 'am', 'final.mdl'), 100_000);
      await expect(loadVosk({ ...files, modelDir, language })).rejects.toMatchObject({
        code: 'MODEL_MISSING',
      });
    });
  });
});

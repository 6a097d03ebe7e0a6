import { expect, test, vi } from 'vitest';
import { cachedTts } from '../../../server/speech/cachedTts.ts';
import type { TtsEngine } from '../../../server/speech/tts.ts';

function counted() {
  const synthesise = vi.fn<TtsEngine['synthesise']>(async (text) => ({
    pcm16k: new Float32Array(text.length * 1_600),
  }));
  const close = vi.fn(async () => {});
  const engine: TtsEngine = { name: 'counted', languages: ['en'], voices: ['a', 'b'], synthesise, close };
  return { engine, synthesise, close };
}

test('speaks the same sentence once', async () => {
  const { engine, synthesise } = counted();
  const tts = cachedTts(engine);
  const first = await tts.synthesise('Hello.', { language: 'en' });
  expect(await tts.synthesise('Hello.', { language: 'en', voice: 'a', rate: 1 })).toBe(first);
  expect(synthesise).toHaveBeenCalledTimes(1);
});

test('tells voices, rates and languages apart', async () => {
  const { engine, synthesise } = counted();
  const tts = cachedTts(engine);
  await tts.synthesise('Hello.', { language: 'en' });
  await tts.synthesise('Hello.', { language: 'en', voice: 'b' });
  await tts.synthesise('Hello.', { language: 'en', rate: 0.8 });
  await tts.synthesise('Hello.', { language: 'de' });
  expect(synthesise).toHaveBeenCalledTimes(4);
});

test('forgets what was used least when it is full', async () => {
  const { engine, synthesise } = counted();
  const tts = cachedTts(engine, { maxSeconds: 2 });
  await tts.synthesise('123456789', { language: 'en' });
  await tts.synthesise('abcdefghi', { language: 'en' });
  await tts.synthesise('123456789', { language: 'en' });
  await tts.synthesise('ABCDEFGHI', { language: 'en' });
  expect(synthesise).toHaveBeenCalledTimes(3);
  await tts.synthesise('abcdefghi', { language: 'en' });
  expect(synthesise).toHaveBeenCalledTimes(4);
});

test('does not remember a failure', async () => {
  const { engine, synthesise } = counted();
  const tts = cachedTts(engine);
  synthesise.mockRejectedValueOnce(new Error('broken'));
  await expect(tts.synthesise('Hello.', { language: 'en' })).rejects.toThrow('broken');
  await expect(tts.synthesise('Hello.', { language: 'en' })).resolves.toBeDefined();
});

test('closes the engine', async () => {
  const { engine, close } = counted();
  await cachedTts(engine).close();
  expect(close).toHaveBeenCalledOnce();
});

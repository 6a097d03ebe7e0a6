import { beforeEach, expect, test } from 'vitest';
import { failoverTts } from '../../../server/speech/failoverTts.ts';
import { standbyTts } from '../../../server/speech/standbyTts.ts';
import type { TtsEngine } from '../../../server/speech/tts.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FaultyTts } from '../../fakes/engines.ts';

const EN = { language: 'en' };

let clock: FakeClock;
let first: FaultyTts;
let second: FaultyTts;
let tts: TtsEngine;
beforeEach(() => {
  clock = new FakeClock();
  first = new FaultyTts('first');
  second = new FaultyTts('second');
  tts = failoverTts([first, second], { clock });
});

test('an engine that works is asked alone', async () => {
  expect((await tts.synthesise('Hello.', EN)).pcm16k.length).toBe(9_600);
  expect(second.asked).toEqual([]);
  expect(clock.pending).toBe(0);
});

test.each(['throws', 'nonsense', 'silent', 'endless', 'stalls'] as const)(
  'when the first %s, the second speaks',
  async (fault) => {
    first.fault = fault;
    const spoken = tts.synthesise('Hello.', EN);
    await clock.advanceAsync(2_000);
    expect((await spoken).pcm16k.length).toBe(9_600);
    expect(clock.pending).toBe(0);
  },
);

test('when none works, it says so; later they are asked again', async () => {
  first.fault = second.fault = 'throws';
  for (let sentence = 0; sentence < 3; sentence += 1) {
    await expect(tts.synthesise('Hello.', EN)).rejects.toMatchObject({ code: 'SPEECH_UNAVAILABLE' });
    clock.advance(300);
  }
  const asked = first.asked.length;
  await expect(tts.synthesise('Hello.', EN)).rejects.toMatchObject({ code: 'SPEECH_UNAVAILABLE' });
  expect(first.asked).toHaveLength(asked);
  first.fault = 'none';
  clock.advance(1_000);
  expect((await tts.synthesise('Hello.', EN)).pcm16k.length).toBe(9_600);
});

test('who gives up is no fault of the engine', async () => {
  first.fault = 'stalls';
  const abort = new AbortController();
  const reason = new Error('interrupted');
  const spoken = expect(tts.synthesise('Hello.', { ...EN, signal: abort.signal })).rejects.toBe(reason);
  abort.abort(reason);
  await spoken;
  expect(second.asked).toEqual([]);
});

test('a standby is loaded when it is needed, and again when that failed', async () => {
  const loads: (() => Promise<TtsEngine>)[] = [
    () => Promise.reject(new Error('not yet')),
    async () => second,
    () => Promise.reject(new Error('not a third time')),
  ];
  let loaded = 0;
  const standby = standbyTts({ name: 'second', languages: ['en'], voices: ['one'] }, () =>
    (loads[loaded++] as () => Promise<TtsEngine>)(),
  );
  tts = failoverTts([first, standby], { clock });
  await tts.synthesise('Hello.', EN);
  expect(loaded).toBe(0);
  first.fault = 'throws';
  await expect(tts.synthesise('Hello.', EN)).rejects.toThrow();
  await tts.synthesise('Hello.', EN);
  await tts.synthesise('Hello again.', EN);
  expect(loaded).toBe(2);
});

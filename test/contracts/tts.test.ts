import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cachedTts } from '../../server/speech/cachedTts.ts';
import { loadFlite } from '../../server/speech/engines/flite.ts';
import { failoverTts } from '../../server/speech/failoverTts.ts';
import type { TtsEngine } from '../../server/speech/tts.ts';
import { systemClock } from '../../shared/clock.ts';
import { rms } from '../fakes/voice.ts';

const engines: [name: string, load: () => Promise<TtsEngine>][] = [
  ['flite', () => loadFlite()],
  ['flite, cached', async () => cachedTts(await loadFlite())],
  ['flite, guarded', async () => failoverTts([await loadFlite()], { clock: systemClock })],
];

const EN = { language: 'en' };
const SENTENCE = 'Your parcel is on its way, and it arrives on Friday.';
const durationMs = (pcm: Float32Array) => pcm.length / 16;
const dB = (ratio: number) => 20 * Math.log10(ratio);
const peak = (pcm: Float32Array) => pcm.reduce((max, sample) => Math.max(max, Math.abs(sample)), 0);

describe.each(engines)('TTS port: %s', (_, load) => {
  let tts: TtsEngine;
  beforeAll(async () => {
    tts = await load();
  });
  afterAll(() => tts.close());

  test('speaks a sentence at a natural pace, loud enough and never clipped', async () => {
    const { pcm16k } = await tts.synthesise(SENTENCE, EN);
    expect(durationMs(pcm16k)).toBeGreaterThan(2_000);
    expect(durationMs(pcm16k)).toBeLessThan(6_000);
    expect(Math.abs(dB(rms(pcm16k)) + 20)).toBeLessThan(3);
    expect(peak(pcm16k)).toBeLessThanOrEqual(0.9);
  });

  test('begins within 40 ms', async () => {
    const { pcm16k } = await tts.synthesise('Hello.', EN);
    const first = pcm16k.findIndex((sample) => Math.abs(sample) > 0.01);
    expect(first / 16).toBeLessThan(80);
  });

  test('has voices that differ in sound and not in loudness', async () => {
    const spoken = await Promise.all(
      tts.voices.map(async (voice) => (await tts.synthesise(SENTENCE, { ...EN, voice })).pcm16k),
    );
    const levels = spoken.map((pcm) => dB(rms(pcm)));
    expect(Math.max(...levels) - Math.min(...levels)).toBeLessThan(2);
    expect(new Set(spoken.map(({ length }) => length)).size).toBe(tts.voices.length);
  });

  test('speaks slower and faster', async () => {
    const [slow, normal, fast] = await Promise.all(
      [0.8, 1, 1.25].map(async (rate) =>
        durationMs((await tts.synthesise(SENTENCE, { ...EN, rate })).pcm16k),
      ),
    );
    expect(slow as number).toBeGreaterThan((normal as number) * 1.15);
    expect(fast as number).toBeLessThan((normal as number) * 0.9);
  });

  test('says the same in the same way', async () => {
    const { pcm16k: once } = await tts.synthesise(SENTENCE, EN);
    await tts.synthesise('Something else in between.', EN);
    const { pcm16k: again } = await tts.synthesise(SENTENCE, EN);
    expect(Buffer.from(again.buffer).equals(Buffer.from(once.buffer))).toBe(true);
  });

  test('answers each of many at once with its own', async () => {
    const texts = Array.from({ length: 8 }, (_, index) => `${'and again '.repeat(index)} number ${index}.`);
    const spoken = await Promise.all(texts.map((text) => tts.synthesise(text, EN)));
    const lengths = spoken.map(({ pcm16k }) => pcm16k.length);
    expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
  });

  test.each(
    [
      '',
      '   ',
      '👍🏽',
      '\u0000\u0007\u001b[2J',
      '--help',
      '-f /etc/passwd',
      '/etc/passwd',
      '%s%n%x',
      '<speak><break time="9999s"/></speak>',
      '"; rm -rf ~; "',
      'مرحبا',
      'a'.repeat(5_000),
      '9'.repeat(500),
      '.'.repeat(500),
      'word '.repeat(2_000),
    ].map((text): [start: string, text: string] => [text.slice(0, 30), text]),
  )('makes sound of any text: %j', async (_start, text) => {
    const { pcm16k } = await tts.synthesise(text, EN);
    expect(pcm16k.length).toBeGreaterThan(0);
    expect(durationMs(pcm16k)).toBeLessThan(400_000);
    expect(pcm16k.every(Number.isFinite)).toBe(true);
    expect(peak(pcm16k)).toBeLessThanOrEqual(0.9);
  });

  test('rejects an unknown voice', async () => {
    await expect(tts.synthesise('Hello.', { ...EN, voice: '../../x' })).rejects.toMatchObject({
      code: 'SPEECH_UNAVAILABLE',
    });
  });

  test('gives up when told to, and goes on with the next', async () => {
    const reason = new Error('interrupted');
    const abort = new AbortController();
    const first = tts.synthesise('This sentence nobody wants to hear any more.', {
      ...EN,
      signal: abort.signal,
    });
    const second = tts.synthesise('This one, however.', EN);
    abort.abort(reason);
    await expect(first).rejects.toBe(reason);
    expect((await second).pcm16k.length).toBeGreaterThan(0);
    await expect(tts.synthesise('Hello.', { ...EN, signal: abort.signal })).rejects.toBe(reason);
  });

  test('closed, rejects what waits and what comes', async () => {
    const other = await load();
    const waiting = other.synthesise(SENTENCE, EN);
    const rejected = expect(waiting).rejects.toMatchObject({ code: 'SPEECH_UNAVAILABLE' });
    await other.close();
    await other.close();
    await rejected;
    await expect(other.synthesise('Hello again.', EN)).rejects.toMatchObject({ code: 'SPEECH_UNAVAILABLE' });
  });
});

test('an engine whose file is missing says so', async () => {
  await expect(loadFlite({ wasmFile: '/nowhere/flite.wasm' })).rejects.toMatchObject({
    code: 'SPEECH_UNAVAILABLE',
  });
});

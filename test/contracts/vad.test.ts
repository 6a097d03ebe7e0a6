import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { energyVad } from '../../server/speech/engines/energyVad.ts';
import { loadFlite } from '../../server/speech/engines/flite.ts';
import { loadSilero } from '../../server/speech/engines/silero.ts';
import { VAD_WINDOW_SAMPLES, type VadEngine } from '../../server/speech/vad.ts';
import { join16k, mix, noise, pieces, readWav, recording, silence } from '../fakes/recordings.ts';

const engines: [name: string, load: () => Promise<VadEngine>][] = [
  ['silero', () => loadSilero()],
  ['energy', async () => energyVad()],
];

const jfk = recording('en/jfk.wav');

let spoken: Float32Array;
beforeAll(async () => {
  const flite = await loadFlite();
  spoken = (await flite.synthesise('Where is my order, please?', { language: 'en', voice: 'rms' })).pcm16k;
  await flite.close();
});

const share = (probabilities: number[]) =>
  probabilities.filter((p) => p >= 0.5).length / probabilities.length;

describe.each(engines)('VAD port: %s', (_, load) => {
  let vad: VadEngine;
  beforeAll(async () => {
    vad = await load();
  });
  afterAll(() => vad.close());

  async function judge(pcm16k: Float32Array): Promise<number[]> {
    const stream = await vad.open();
    const probabilities = await Promise.all(
      pieces(pcm16k, VAD_WINDOW_SAMPLES).map((window) => stream.process(window)),
    );
    stream.close();
    return probabilities;
  }

  test('hears no speech in silence', async () => {
    const probabilities = await judge(silence(2_000));
    expect(Math.max(...probabilities)).toBeLessThan(0.35);
  });

  test('hears no speech in the noise of a quiet room', async () => {
    const probabilities = await judge(noise(3_000, -62));
    expect(share(probabilities)).toBe(0);
  });

  test('hears a sentence, from its beginning to its end', async () => {
    const before = 32 * 30;
    const probabilities = await judge(join16k(noise(before, -62), spoken, noise(1_000, -62, 2)));
    const first = probabilities.findIndex((p) => p >= 0.5) * 32;
    const last = (probabilities.findLastIndex((p) => p >= 0.5) + 1) * 32;
    expect(first).toBeGreaterThanOrEqual(before - 64);
    expect(first).toBeLessThanOrEqual(before + 130);
    expect(Math.abs(last - before - spoken.length / 16)).toBeLessThan(200);
    expect(share(probabilities.slice(first / 32, last / 32))).toBeGreaterThan(0.85);
  });

  test('hears a sentence over noise of 15 dB less', async () => {
    const lead = noise(32 * 60, -35);
    const probabilities = await judge(join16k(lead, mix(spoken, noise(spoken.length / 16, -35, 3))));
    expect(share(probabilities.slice(62))).toBeGreaterThan(0.5);
  });

  test.skipIf(!jfk)('hears a real voice', async () => {
    const probabilities = await judge(readWav(jfk as string));
    expect(share(probabilities)).toBeGreaterThan(0.4);
    expect(share(probabilities)).toBeLessThan(0.95);
  });

  test('judges the streams of several calls apart', async () => {
    const windows = pieces(spoken, VAD_WINDOW_SAMPLES);
    const alone = await judge(spoken);
    const [a, b] = [await vad.open(), await vad.open()];
    const together = await Promise.all(
      windows.flatMap((window) => [
        a.process(window.slice()),
        b.process(new Float32Array(VAD_WINDOW_SAMPLES)),
      ]),
    );
    expect(together.filter((_, at) => at % 2 === 0)).toEqual(alone);
    a.close();
    b.close();
  });

  test('forgets on reset', async () => {
    const stream = await vad.open();
    const window = pieces(spoken, VAD_WINDOW_SAMPLES)[5] as Float32Array;
    const first = await stream.process(window.slice());
    for (const earlier of pieces(spoken, VAD_WINDOW_SAMPLES)) await stream.process(earlier);
    stream.reset();
    expect(await stream.process(window.slice())).toBe(first);
    stream.close();
  });

  test('rejects a window of another length, and goes on', async () => {
    const stream = await vad.open();
    await expect(stream.process(new Float32Array(320))).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect(await stream.process(new Float32Array(VAD_WINDOW_SAMPLES))).toBeLessThan(0.5);
    stream.close();
  });

  test('answers with a number whatever the samples are', async () => {
    const stream = await vad.open();
    for (const sample of [1, -1, 1e6, 1e-30]) {
      const probability = await stream.process(new Float32Array(VAD_WINDOW_SAMPLES).fill(sample));
      expect(probability).toBeGreaterThanOrEqual(0);
      expect(probability).toBeLessThanOrEqual(1);
    }
    stream.close();
  });
});

test('a model that is missing or broken is told apart', async () => {
  await expect(loadSilero({ modelFile: '/nowhere/silero.onnx' })).rejects.toMatchObject({
    code: 'MODEL_MISSING',
  });
  await expect(loadSilero({ modelFile: import.meta.filename })).rejects.toMatchObject({
    code: 'SPEECH_UNAVAILABLE',
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { energyVad } from '../../../server/speech/engines/energyVad.ts';
import { loadFlite } from '../../../server/speech/engines/flite.ts';
import { loadSilero } from '../../../server/speech/engines/silero.ts';
import type { TtsEngine } from '../../../server/speech/tts.ts';
import type { VadEngine } from '../../../server/speech/vad.ts';
import { TurnDetector, type TurnEvents } from '../../../server/turns/turnDetector.ts';
import { join16k, mix, noise, pieces, readWav, recording } from '../../fakes/recordings.ts';

const jfk = recording('en/jfk.wav');

let flite: TtsEngine;
let silero: VadEngine;
beforeAll(async () => {
  [flite, silero] = await Promise.all([loadFlite(), loadSilero()]);
});
afterAll(() => Promise.all([flite?.close(), silero?.close()]));

type Heard = {
  starts: TurnEvents['speechStart'][0][];
  ends: TurnEvents['speechEnd'][0][];
  turns: TurnEvents['turnEnd'][0][];
  bargeIns: TurnEvents['bargeIn'][0][];
  audioMs: number;
};

/** Plays sound as fast as the model can follow. `text` is what the recogniser is taken to have heard at each pause. */
async function hear(
  pcm16k: Float32Array,
  options: { text?: string; assistant?: boolean } = {},
): Promise<Heard> {
  let waiting = 0;
  const counting: VadEngine = {
    name: 'counting',
    close: async () => {},
    async open() {
      const stream = await silero.open();
      return {
        ...stream,
        process: (window) => stream.process(window).finally(() => (waiting -= 1)),
      };
    },
  };
  const detector = new TurnDetector({ vad: counting, fallback: energyVad(), language: 'en' });
  const heard: Heard = { starts: [], ends: [], turns: [], bargeIns: [], audioMs: 0 };
  let degraded: unknown = null;
  detector.on('speechStart', (event) => heard.starts.push(event));
  detector.on('speechEnd', (event) => heard.ends.push(event));
  detector.on('turnEnd', (event) => heard.turns.push(event));
  detector.on('bargeIn', (event) => heard.bargeIns.push(event));
  detector.on('audio', (window) => {
    heard.audioMs += window.length / 16;
  });
  detector.on('pause', () => detector.heard(options.text ?? 'where is my order'));
  detector.on('degraded', (error) => {
    degraded = error;
  });
  detector.assistantSpeaking(options.assistant ?? false);
  for (const window of pieces(pcm16k, 512)) {
    waiting += 1;
    detector.push(window);
    while (waiting > 0) await new Promise(setImmediate);
  }
  detector.close();
  expect(degraded).toBeNull();
  return heard;
}

const say = async (text: string, voice: string) =>
  (await flite.synthesise(text, { language: 'en', voice })).pcm16k;

/** Where the samples are loud for the first and the last time, in milliseconds. */
function extent(pcm16k: Float32Array): [fromMs: number, untilMs: number] {
  const loud = (sample: number) => Math.abs(sample) > 0.01;
  return [pcm16k.findIndex(loud) / 16, pcm16k.findLastIndex(loud) / 16];
}

describe('turns in speech that Silero hears', () => {
  test.each(['awb', 'rms', 'slt'])('finds the beginning and the end of what %s says', async (voice) => {
    const spoken = await say('I would like to know where my order is.', voice);
    const [fromMs, untilMs] = extent(spoken);
    const { starts, ends, turns } = await hear(join16k(noise(800, -62), spoken, noise(1_500, -62, 2)));
    expect(turns).toHaveLength(1);
    expect(Math.abs((starts[0]?.atMs ?? 0) - 800 - fromMs)).toBeLessThan(130);
    expect(Math.abs((ends.at(-1)?.atMs ?? 0) - 800 - untilMs)).toBeLessThan(130);
    expect(turns[0]?.waitedMs).toBeLessThanOrEqual(450);
  });

  test('tells three sentences with silence between them apart', async () => {
    const texts = ['Where is my order?', 'I was charged twice for it.', 'Thank you, that is all.'];
    const spoken = await Promise.all(texts.map((text) => say(text, 'rms')));
    const { turns } = await hear(
      join16k(...spoken.flatMap((pcm, index) => [noise(1_200, -60, index + 1), pcm]), noise(1_200, -60, 9)),
    );
    expect(turns).toHaveLength(3);
  });

  test('takes a sentence that stops in the middle for one turn', async () => {
    const pcm16k = join16k(
      noise(500, -62),
      await say('My order number is', 'rms'),
      noise(700, -62, 2),
      await say('one zero four two seven', 'rms'),
      noise(1_500, -62, 3),
    );
    const { turns } = await hear(pcm16k, { text: 'my order number is' });
    expect(turns).toHaveLength(1);
  });

  test('gives the recogniser the speech and little more', async () => {
    const spoken = await say('Can you cancel my order, please?', 'awb');
    const { audioMs } = await hear(join16k(noise(4_000, -62), spoken, noise(4_000, -62, 2)));
    expect(audioMs).toBeGreaterThan(spoken.length / 16);
    expect(audioMs).toBeLessThan(spoken.length / 16 + 700);
  });

  test('hears an interruption within 300 ms of its sound', async () => {
    const spoken = await say('Stop, I want to ask something else.', 'rms');
    const [fromMs] = extent(spoken);
    const { bargeIns } = await hear(join16k(noise(1_000, -62), spoken, noise(800, -62, 2)), {
      assistant: true,
    });
    expect(bargeIns).toHaveLength(1);
    expect((bargeIns[0]?.nowMs ?? 0) - 1_000 - fromMs).toBeLessThan(300);
  });

  test('is not interrupted by a click, a thump or the noise of a fan', async () => {
    const quiet = noise(6_000, -50);
    quiet.set(noise(4, -3), 16_000);
    for (let at = 0; at < 1_600; at++) {
      quiet[48_000 + at] = 0.5 * Math.exp(-at / 400) * Math.sin(2 * Math.PI * (70 / 16_000) * at);
    }
    const { starts, bargeIns } = await hear(quiet, { assistant: true });
    expect({ starts, bargeIns }).toEqual({ starts: [], bargeIns: [] });
  });

  test('finds the turn in noise of 15 dB less', async () => {
    const spoken = await say('I would like to return the blue jacket that I bought.', 'rms');
    const { turns } = await hear(
      join16k(noise(1_000, -36), mix(spoken, noise(spoken.length / 16, -36, 2)), noise(1_500, -36, 3)),
    );
    expect(turns).toHaveLength(1);
  });

  test.skipIf(!jfk)('follows a real speaker over his pauses', async () => {
    const { starts, turns } = await hear(join16k(readWav(jfk as string), noise(2_000, -62)), {
      text: 'and so my fellow americans ask not what your country can',
    });
    expect(starts.length).toBeGreaterThan(1);
    expect(turns.length).toBeGreaterThanOrEqual(1);
    expect(turns.length).toBeLessThanOrEqual(5);
  });
});

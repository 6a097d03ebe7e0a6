import type { BrowserContext } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { languageModelDir } from '../../fakes/languageModel.ts';
import { readWav, recording } from '../../fakes/recordings.ts';
import { PageVoice, stageVoice } from '../pageVoice.ts';
import { voiceSkipReason, widgetSkipReason, widgetStage } from './stage.ts';

const german = recording('de/de4-68.wav');
const spanish = recording('es/es-0029.wav');
const skip = Boolean(widgetSkipReason() || voiceSkipReason() || !languageModelDir || !german || !spanish);
const SPEECH_WEIGHTS = '**/segue/ears-*.bin';
const LANGUAGE_WEIGHTS = '**/segue/language-*.bin';
const CORS = { 'access-control-allow-origin': '*' };

/** An utterance of its own: longer after the last one than a pause inside of one. */
const SILENCE_SAMPLES = 2 * 16_000;
function afterSilence(pcm16k: Float32Array): Float32Array {
  const later = new Float32Array(SILENCE_SAMPLES + pcm16k.length);
  later.set(pcm16k, SILENCE_SAMPLES);
  return later;
}

describe.skipIf(skip)('the caller’s language on the device, on a page with a strict policy', () => {
  const stage = widgetStage();
  let voice: PageVoice;

  const talk = async (prepare: (context: BrowserContext) => Promise<unknown> = async () => {}) => {
    await stage.talk({
      prepare: async (context) => {
        await stageVoice(context);
        await context.addInitScript(() => {
          Object.defineProperty(navigator, 'languages', { value: ['pt-BR', 'en'] });
        });
        await prepare(context);
      },
    });
    voice = new PageVoice(stage.visit.page);
  };
  const heard = async () =>
    (await voice.events('segue-language')).map(({ detail }) => `${detail.language} ${detail.source}`);
  /** Both networks have come; the worklet makes them of their weights before the first word is over. */
  const ready = async () => {
    for (const file of ['/segue/ears-', '/segue/language-']) {
      const come = () =>
        stage.visit.page.evaluate(
          (part) =>
            performance
              .getEntriesByType('resource')
              .some(({ name }) => name.includes(part) && name.endsWith('.bin')),
          file,
        );
      await expect.poll(come, { timeout: 20_000 }).toBe(true);
    }
  };

  it('is told within the first utterance, and its label is all that leaves the device', async () => {
    await talk();
    await ready();
    await voice.speak(readWav(german as string));
    await expect.poll(heard, { timeout: 15_000 }).toEqual(['de device']);
    const hint = await stage.server.next<{ language: string; confidence: number }>('hint.language');
    expect(Object.keys(hint).sort()).toEqual(['confidence', 'language']);
    expect(hint.language).toBe('de');
    expect(hint.confidence).toBeGreaterThan(0.8);
  });

  it('is told anew when another language is spoken', async () => {
    await talk();
    await ready();
    await voice.speak(readWav(german as string));
    await expect.poll(heard, { timeout: 15_000 }).toEqual(['de device']);
    await voice.speak(afterSilence(readWav(spanish as string)));
    await expect.poll(heard, { timeout: 15_000 }).toEqual(['de device', 'es device']);
  });

  it('is taken back when the server knows better', async () => {
    await talk();
    await ready();
    await voice.speak(readWav(german as string));
    await expect.poll(heard, { timeout: 15_000 }).toEqual(['de device']);
    stage.server.tell('language', { language: 'en', confidence: 0.9, source: 'text' });
    await expect.poll(heard).toEqual(['de device', 'en text']);
  });

  it('is not listened for while the assistant talks', async () => {
    await talk();
    await ready();
    stage.server.tell('speech', { who: 'assistant', active: true });
    await voice.until('segue-speech', { who: 'assistant', active: true });
    await voice.speak(readWav(german as string));
    expect(await heard()).toEqual([]);
  });

  const broken: [what: string, prepare: (context: BrowserContext) => Promise<unknown>][] = [
    [
      'its weights are missing',
      (context) => context.route(LANGUAGE_WEIGHTS, (route) => route.fulfill({ status: 404, headers: CORS })),
    ],
    [
      'its weights are damaged',
      (context) =>
        context.route(LANGUAGE_WEIGHTS, (route) =>
          route.fulfill({ headers: CORS, body: Buffer.alloc(697_888, 7) }),
        ),
    ],
    [
      'the voice detector’s weights are missing',
      (context) => context.route(SPEECH_WEIGHTS, (route) => route.fulfill({ status: 404, headers: CORS })),
    ],
    [
      'there is no AudioWorklet',
      (context) =>
        context.addInitScript(() => {
          Object.defineProperty(BaseAudioContext.prototype, 'audioWorklet', { value: undefined });
        }),
    ],
  ];
  it.each(broken)('is the browser’s when %s, said once', async (_what, prepare) => {
    await talk(prepare);
    await expect.poll(heard, { timeout: 15_000 }).toEqual(['pt browser']);
    await voice.speak(readWav(german as string));
    expect(await heard()).toEqual(['pt browser']);
    expect(stage.server.received.filter(({ name }) => name === 'hint.language')).toEqual([]);
  });
});

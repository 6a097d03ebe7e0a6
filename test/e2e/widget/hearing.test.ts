import { readFileSync } from 'node:fs';
import type { BrowserContext } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadFlite } from '../../../server/speech/engines/flite.ts';
import { readOnnxWeights } from '../../../shared/vad/onnxWeights.ts';
import { packWeights } from '../../../shared/vad/packedWeights.ts';
import { noise } from '../../fakes/recordings.ts';
import { PageVoice, stageVoice } from '../pageVoice.ts';
import { voiceSkipReason, widgetSkipReason, widgetStage } from './stage.ts';

type Hint = { active: boolean; atMs: number; confidence: number };
type Spied = { gains: number[]; longTasks: number[]; microphones: MediaStreamTrack[] };

const skip = Boolean(widgetSkipReason() || voiceSkipReason());
const WEIGHTS = '**/segue/ears-*.bin';
const CORS = { 'access-control-allow-origin': '*' };

/** Notes how loud the assistant is made, long tasks, and every microphone that is handed out. */
async function spy(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const spied: Spied = { gains: [], longTasks: [], microphones: [] };
    Object.assign(window, { spied });
    const volume = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'volume');
    Object.defineProperty(HTMLMediaElement.prototype, 'volume', {
      ...volume,
      set(gain: number) {
        spied.gains.push(gain);
        volume?.set?.call(this, gain);
      },
    });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) spied.longTasks.push(duration);
    }).observe({ type: 'longtask', buffered: true });
    const open = navigator.mediaDevices.getUserMedia;
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await open.call(navigator.mediaDevices, constraints);
      spied.microphones.push(...stream.getAudioTracks());
      return stream;
    };
  });
}

/** Sound in itself, but of a network with fewer constants. */
function weightsOfAnotherShape(): Buffer {
  const model = new URL('silero_vad_v5.onnx', import.meta.resolve('@ricky0123/vad-web'));
  const whole = packWeights(readOnnxWeights(readFileSync(model)));
  const halves = new Uint16Array(whole.buffer, 16, 200_000);
  const smaller = Buffer.from(whole.slice(0, 16 + halves.byteLength));
  const sum = halves.reduce((hash, half) => Math.imul(hash ^ half, 0x01000193), 0x811c9dc5);
  smaller.writeUInt32LE(halves.length, 8);
  smaller.writeUInt32LE(sum >>> 0, 12);
  return smaller;
}

describe.skipIf(skip)('hearing on the device, on a page with a strict policy', () => {
  const stage = widgetStage();
  let voice: PageVoice;
  let sentence: Float32Array;

  beforeAll(async () => {
    const flite = await loadFlite();
    const { pcm16k } = await flite.synthesise('Wait, I would like to ask something else about that order.', {
      language: 'en',
      voice: 'rms',
    });
    sentence = pcm16k;
    await flite.close();
  });

  const talk = async (prepare: (context: BrowserContext) => Promise<unknown> = async () => {}) => {
    await stage.talk({
      prepare: async (context) => {
        await stageVoice(context);
        await spy(context);
        await prepare(context);
      },
    });
    voice = new PageVoice(stage.visit.page);
    return stage.visit.page;
  };
  /** Who judges so far, in order. */
  const engines = () =>
    stage.visit.page.evaluate(() =>
      performance.getEntriesByName('segue:ears').map((mark) => {
        return (mark as PerformanceMark).detail as { engine: string; costMs: number | null };
      }),
    );
  const hearsWith = (engine: string) =>
    expect.poll(async () => (await engines()).at(-1)?.engine, { timeout: 20_000 }).toBe(engine);
  const spied = () =>
    stage.visit.page.evaluate(() => {
      const { gains, longTasks } = (window as unknown as { spied: Spied }).spied;
      return { gains, longTasks };
    });
  const gains = async () => (await spied()).gains;

  it('asks for nothing of it before the call is live, and for the network after', async () => {
    const page = await talk();
    await hearsWith('silero');
    const [liveMs, loaded] = await page.evaluate(() => {
      const { events } = (
        window as unknown as {
          stage: { events: { name: string; detail: { state?: string }; atMs: number }[] };
        }
      ).stage;
      const live = events.find(({ name, detail }) => name === 'segue-state' && detail.state === 'live');
      const files = performance.getEntriesByType('resource').filter(({ name }) => /ears|Hearing/.test(name));
      return [
        live?.atMs ?? Number.NaN,
        files.map(({ name, startTime }) => [name, startTime] as const),
      ] as const;
    });
    expect(loaded.length).toBeGreaterThanOrEqual(2);
    for (const [, startMs] of loaded) expect(startMs).toBeGreaterThanOrEqual(liveMs);
  });

  it('tells the page and the server at once, and says nothing twice when the server confirms', async () => {
    await talk();
    await hearsWith('silero');
    const speaking = voice.speak(sentence);
    const hint = await stage.server.next<Hint>('hint.speech');
    expect(hint).toMatchObject({ active: true });
    expect(hint.confidence).toBeGreaterThan(0.5);
    await voice.until('segue-speech', { who: 'caller', active: true });
    stage.server.tell('speech', { who: 'caller', active: true });
    await speaking;
    expect(await stage.server.next<Hint>('hint.speech')).toMatchObject({ active: false });
    stage.server.tell('speech', { who: 'caller', active: false });
    await voice.until('segue-speech', { who: 'caller', active: false });
    expect((await voice.events('segue-speech')).map(({ detail }) => detail.active)).toEqual([true, false]);
    const { longTasks } = await spied();
    console.info(
      `long tasks of the page since it was opened, ms: ${longTasks.map(Math.round).join(' ') || 'none'}`,
    );
  });

  it('lowers the assistant’s voice while the caller talks, and raises it when the server does not agree', async () => {
    await talk();
    await hearsWith('silero');
    stage.server.tell('speech', { who: 'assistant', active: true });
    await voice.until('segue-speech', { who: 'assistant', active: true });
    await voice.speak(sentence);
    await expect.poll(gains).toEqual([0.25, 1]);
  });

  it('raises it again after a sound that was over at once', async () => {
    await talk();
    await hearsWith('silero');
    stage.server.tell('speech', { who: 'assistant', active: true });
    await voice.until('segue-speech', { who: 'assistant', active: true });
    await voice.speak(sentence.slice(0, 4_800));
    await expect.poll(gains).toEqual([0.25, 1]);
  });

  it('keeps it low while the server agrees', async () => {
    await talk();
    await hearsWith('silero');
    stage.server.tell('speech', { who: 'assistant', active: true });
    await voice.until('segue-speech', { who: 'assistant', active: true });
    const speaking = voice.speak(sentence);
    await stage.server.next('hint.speech');
    stage.server.tell('speech', { who: 'caller', active: true });
    await speaking;
    expect(await gains()).toEqual([0.25]);
    stage.server.tell('speech', { who: 'caller', active: false });
    await expect.poll(gains).toEqual([0.25, 1]);
  });

  it('takes noise for nothing', async () => {
    await talk();
    await hearsWith('silero');
    stage.server.tell('speech', { who: 'assistant', active: true });
    await voice.until('segue-speech', { who: 'assistant', active: true });
    await voice.speak(noise(1_500, -30));
    expect(await gains()).toEqual([]);
  });

  const broken: [what: string, prepare: (context: BrowserContext) => Promise<unknown>][] = [
    [
      'the weights are missing',
      (context) => context.route(WEIGHTS, (route) => route.fulfill({ status: 404, headers: CORS })),
    ],
    [
      'the weights are damaged',
      (context) =>
        context.route(WEIGHTS, (route) => route.fulfill({ headers: CORS, body: Buffer.alloc(619_282, 7) })),
    ],
    [
      'the weights are another network’s',
      (context) =>
        context.route(WEIGHTS, (route) => route.fulfill({ headers: CORS, body: weightsOfAnotherShape() })),
    ],
    [
      'the worklet cannot be loaded',
      (context) =>
        context.addInitScript(() => {
          AudioWorklet.prototype.addModule = () => Promise.reject(new DOMException('', 'AbortError'));
        }),
    ],
    [
      'there is no AudioWorklet',
      (context) =>
        context.addInitScript(() => {
          Object.defineProperty(BaseAudioContext.prototype, 'audioWorklet', { value: undefined });
        }),
    ],
  ];
  it.each(broken)('goes by energy when %s', async (_what, prepare) => {
    await talk(prepare);
    await hearsWith('energy');
    stage.server.tell('speech', { who: 'assistant', active: true });
    await voice.until('segue-speech', { who: 'assistant', active: true });
    await voice.speak(sentence);
    expect(await stage.server.next<Hint>('hint.speech')).toMatchObject({ active: true });
    await expect.poll(gains).toEqual([0.25, 1]);
    expect(new Set((await engines()).map(({ engine }) => engine))).toEqual(new Set(['energy']));
  });

  it('gives the network up on a device for which it is too slow', async () => {
    // A clock by which each step of a window takes 4 ms.
    stage.server.files.set(
      '/slow.js',
      'let slowMs = 0; globalThis.performance = { now: () => { slowMs += 4; return slowMs; } };',
    );
    await talk((context) =>
      context.addInitScript((slow) => {
        const { addModule } = AudioWorklet.prototype;
        AudioWorklet.prototype.addModule = async function (module) {
          await addModule.call(this, slow);
          await addModule.call(this, module);
        };
      }, `${stage.server.url}/slow.js`),
    );
    await hearsWith('silero');
    // It is measured while it is awake, over four seconds.
    for (let said = 0; said < 2; said += 1) await voice.speak(sentence);
    await hearsWith('energy');
    expect((await engines()).find(({ engine }) => engine === 'too slow')?.costMs).toBeGreaterThan(6);
  });

  it('hints at the muted microphone, and neither lowers the voice nor tells the server', async () => {
    const page = await talk();
    await hearsWith('silero');
    await page.getByRole('button', { name: 'Mute', exact: true }).click();
    await stage.server.next('call.mute');
    stage.server.tell('speech', { who: 'assistant', active: true });
    await voice.until('segue-speech', { who: 'assistant', active: true });
    await voice.speak(sentence);
    await page.locator('.hint').waitFor();
    expect(await gains()).toEqual([]);
    expect(stage.server.received.filter(({ name }) => name === 'hint.speech')).toEqual([]);
  });

  it('stays muted on the next page', async () => {
    const page = await talk();
    await page.getByRole('button', { name: 'Mute', exact: true }).click();
    await page.reload();
    await stage.visit.reaches('live');
    await hearsWith('silero');
    stage.server.tell('speech', { who: 'assistant', active: true });
    await voice.until('segue-speech', { who: 'assistant', active: true });
    await voice.speak(sentence);
    await page.locator('.hint').waitFor();
    expect(await gains()).toEqual([]);
  });

  it('goes on with another microphone when the first one is gone', async () => {
    const page = await talk();
    await hearsWith('silero');
    const lose = () =>
      page.evaluate(() => {
        const lost = (window as unknown as { spied: Spied }).spied.microphones.at(-1);
        lost?.stop();
        lost?.dispatchEvent(new Event('ended'));
      });
    await lose();
    await expect
      .poll(() => page.evaluate(() => (window as unknown as { spied: Spied }).spied.microphones.length))
      .toBe(2);
    await voice.speak(sentence);
    expect(await stage.server.next<Hint>('hint.speech')).toMatchObject({ active: true });
    const before = await stage.server.packets();
    await expect.poll(() => stage.server.packets()).toBeGreaterThan(before);
    // The last one too: what remains is writing.
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'));
    });
    await lose();
    await page.getByText('No microphone was found').first().waitFor();
    expect((await voice.events('segue-error')).map(({ detail }) => detail.code)).toEqual([
      'MICROPHONE_UNAVAILABLE',
    ]);
  });

  it('hears again after its audio context was suspended', async () => {
    const page = await talk(async (context) =>
      context.addInitScript(() => {
        const contexts: AudioContext[] = [];
        Object.assign(window, { contexts });
        const Native = AudioContext;
        window.AudioContext = class extends Native {
          constructor(options?: AudioContextOptions) {
            super(options);
            contexts.push(this);
          }
        };
      }),
    );
    await hearsWith('silero');
    const states = () =>
      page.evaluate(() =>
        (window as unknown as { contexts: AudioContext[] }).contexts.map(({ state }) => state),
      );
    await page.evaluate(() => (window as unknown as { contexts: AudioContext[] }).contexts.at(-1)?.suspend());
    await expect.poll(states).toEqual(['running']);
    await voice.speak(sentence);
    expect(await stage.server.next<Hint>('hint.speech')).toMatchObject({ active: true });
  });
});

import type { BrowserContext } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { levelDb } from '../../../scripts/bench/noise.ts';
import { loadFlite } from '../../../server/speech/engines/flite.ts';
import { noise, pieces, voskFiles } from '../../fakes/recordings.ts';
import { Listener, sharedWords } from '../listener.ts';
import { PageVoice, stageVoice } from '../pageVoice.ts';
import { voiceSkipReason, widgetSkipReason, widgetStage } from './stage.ts';

type Tapped = { chunks: Float32Array[]; stop(): void };
type Spied = {
  microphones: MediaStreamTrack[];
  contexts: AudioContext[];
  /** The track that is sent since it was replaced. */
  sent: MediaStreamTrack | null;
  listen(track: MediaStreamTrack): Tapped;
};

const skip = Boolean(widgetSkipReason() || voiceSkipReason());
const SAID = 'I would like to know where my order is and when it will arrive.';

/** Of the last two seconds, window by window: a machine that is out of breath lets single ones slip. */
function usualDb(pcm16k: Float32Array): number {
  const windows = [...pieces(pcm16k.slice(-32_000), 512)].map(levelDb).toSorted((one, other) => one - other);
  return windows[windows.length >> 1] ?? Number.NaN;
}

/** Notes microphones, audio contexts and what is sent; records any track at 16 kHz. */
async function spy(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const spied: Spied = {
      microphones: [],
      contexts: [],
      sent: null,
      listen(track) {
        const audio = new Native({ sampleRate: 16_000 });
        const recorder = audio.createScriptProcessor(4096, 1, 1);
        const chunks: Float32Array[] = [];
        recorder.onaudioprocess = ({ inputBuffer }) => chunks.push(inputBuffer.getChannelData(0).slice());
        audio
          .createMediaStreamSource(new MediaStream([track]))
          .connect(recorder)
          .connect(audio.destination);
        return { chunks, stop: () => void audio.close() };
      },
    };
    Object.assign(window, { spied });
    const Native = AudioContext;
    window.AudioContext = class extends Native {
      constructor(options?: AudioContextOptions) {
        super(options);
        spied.contexts.push(this);
      }
    };
    const open = navigator.mediaDevices.getUserMedia;
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await open.call(navigator.mediaDevices, constraints);
      spied.microphones.push(...stream.getAudioTracks());
      return stream;
    };
    const { replaceTrack } = RTCRtpSender.prototype;
    RTCRtpSender.prototype.replaceTrack = function (track) {
      spied.sent = track;
      return replaceTrack.call(this, track);
    };
  });
}

describe.skipIf(skip)('RNNoise in the page, when the element asks for it', () => {
  const stage = widgetStage({ strict: false });
  let voice: PageVoice;
  let told: string[];

  const call = async (options: { wasm?: boolean; attributes?: string }) => {
    told = [];
    await stage.open({
      microphone: 'granted',
      attributes: 'noise-suppression="rnnoise"',
      ...options,
      prepare: async (context) => {
        await stageVoice(context);
        await spy(context);
      },
    });
    stage.visit.page.on('console', (message) => {
      if (message.text().includes('RNNoise')) told.push(message.text());
    });
    voice = new PageVoice(stage.visit.page);
    await stage.visit.page.locator('.launcher').click();
    await stage.visit.reaches('live');
    return stage.visit.page;
  };
  const sent = () =>
    stage.visit.page.evaluate(() => {
      const { spied } = window as unknown as { spied: Spied };
      const states = spied.contexts
        .filter(({ sampleRate }) => sampleRate === 48_000)
        .map(({ state }) => state);
      return {
        track: spied.sent && { enabled: spied.sent.enabled, state: spied.sent.readyState },
        rnnoise: states.at(-1),
        microphones: spied.microphones.map(({ readyState }) => readyState),
      };
    });
  const suppresses = () =>
    expect
      .poll(async () => (await sent()).track, { timeout: 20_000 })
      .toEqual({ enabled: true, state: 'live' });
  /** Samples at 16 kHz of the microphone and of what is sent while something is said. */
  const record = async (pcm16k: Float32Array): Promise<{ microphone: Float32Array; sent: Float32Array }> => {
    await stage.visit.page.evaluate(() => {
      const { spied } = window as unknown as { spied: Spied };
      const [microphone] = spied.microphones;
      if (!microphone || !spied.sent) throw new Error('There is nothing to listen to.');
      Object.assign(window, { taps: [spied.listen(microphone), spied.listen(spied.sent)] });
    });
    await voice.speak(pcm16k);
    const [microphone = '', made = ''] = await stage.visit.page.evaluate(() => {
      const { taps } = window as unknown as { taps: Tapped[] };
      return taps.map(({ chunks, stop }) => {
        stop();
        let binary = '';
        for (const chunk of chunks) {
          for (const byte of new Uint8Array(chunk.buffer)) binary += String.fromCharCode(byte);
        }
        return btoa(binary);
      });
    });
    const samples = (base64: string) =>
      new Float32Array(new Uint8Array(Buffer.from(base64, 'base64')).buffer);
    return { microphone: samples(microphone), sent: samples(made) };
  };

  it('sends much less noise than the microphone has, and what is said stays', async () => {
    await call({ wasm: true });
    await suppresses();
    const hiss = await record(noise(4_000, -34));
    const quieterDb = usualDb(hiss.microphone) - usualDb(hiss.sent);
    console.info(`RNNoise: white noise is ${quieterDb.toFixed(0)} dB quieter`);
    expect(quieterDb).toBeGreaterThan(10);
    expect([told, await stage.visit.violations()]).toEqual([[], []]);
    if (!voskFiles) return;
    const flite = await loadFlite();
    const { pcm16k } = await flite.synthesise(SAID, { language: 'en', voice: 'rms' });
    await flite.close();
    const inNoise = noise(pcm16k.length / 16 + 1_000, -38);
    for (const [at, sample] of pcm16k.entries()) inNoise[at + 8_000] = (inNoise[at + 8_000] ?? 0) + sample;
    const { sent: made } = await record(inNoise);
    const listener = await Listener.open();
    const text = await listener.hear(made);
    await listener.close();
    expect(sharedWords(SAID, text), text).toBeGreaterThan(0.5);
  });

  it('rests while muted, when the microphone itself is heard, and lets everything go at the end', async () => {
    const page = await call({ wasm: true });
    await suppresses();
    await page.getByRole('button', { name: 'Mute', exact: true }).click();
    await expect.poll(sent).toMatchObject({ track: { enabled: false }, rnnoise: 'suspended' });
    await page.getByRole('button', { name: 'Mute', exact: true }).click();
    await expect.poll(sent).toMatchObject({ track: { enabled: true }, rnnoise: 'running' });
    await page.getByRole('button', { name: 'Hang up' }).click();
    await stage.visit.reaches('ended');
    await expect
      .poll(sent)
      .toMatchObject({ track: { state: 'ended' }, rnnoise: 'closed', microphones: ['ended'] });
  });

  it('goes on with another microphone when the first one is gone', async () => {
    const page = await call({ wasm: true });
    await suppresses();
    await page.evaluate(() => {
      const [lost] = (window as unknown as { spied: Spied }).spied.microphones;
      lost?.stop();
      lost?.dispatchEvent(new Event('ended'));
    });
    await expect.poll(async () => (await sent()).microphones).toEqual(['ended', 'live']);
    const before = await stage.server.packets();
    await expect.poll(() => stage.server.packets()).toBeGreaterThan(before);
    expect(await sent()).toMatchObject({ track: { state: 'live' }, rnnoise: 'running' });
  });

  it('leaves the microphone as it is where the page forbids WebAssembly, and says so once', async () => {
    await call({ wasm: false });
    await expect.poll(() => told.length, { timeout: 10_000 }).toBe(1);
    const before = await stage.server.packets();
    await expect.poll(() => stage.server.packets()).toBeGreaterThan(before);
    expect(await sent()).toMatchObject({ track: null, microphones: ['live'] });
    expect((await voice.events('segue-error')).length).toBe(0);
  });

  it('is not even asked for otherwise', async () => {
    const page = await call({ wasm: true, attributes: '' });
    await expect
      .poll(() => page.evaluate(() => performance.getEntriesByName('segue:ears').length), { timeout: 20_000 })
      .toBeGreaterThan(0);
    const files = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    expect(files.filter((name) => /denoiser|rnnoise/.test(name))).toEqual([]);
  });
});

import type { BrowserContext } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { voiceSkipReason, widgetSkipReason, widgetStage } from './stage.ts';

const skip = Boolean(widgetSkipReason() || voiceSkipReason());

/** What a test does to the page's microphones. */
type Bench = {
  /** Labels of what is plugged in; the first one is opened. */
  plugged: string[];
  /** Its sound: a faint noise, or exact silence. */
  sound(on: boolean): void;
  take(taken: boolean): void;
  unplug(...left: string[]): void;
  plug(...labels: string[]): void;
  settings: MediaTrackSettings;
};

/** Microphones that can be unplugged and taken; the widget and its media stack are untouched. */
async function benchMicrophones(context: BrowserContext, settings: MediaTrackSettings = {}): Promise<void> {
  await context.addInitScript((captured: MediaTrackSettings) => {
    const audio = new AudioContext({ sampleRate: 48_000 });
    const hum = new ConstantSourceNode(audio, { offset: 1e-3 });
    hum.start();
    const microphone = audio.createMediaStreamDestination();
    hum.connect(microphone);
    const { mediaDevices } = navigator;
    let track: MediaStreamTrack | null = null;
    let taken = false;
    const changed = () => mediaDevices.dispatchEvent(new Event('devicechange'));
    const bench: Bench = {
      plugged: ['Desk microphone', 'Headset'],
      settings: captured,
      sound: (on) => {
        hum.offset.value = on ? 1e-3 : 0;
      },
      take(on) {
        taken = on;
        track?.dispatchEvent(new Event(on ? 'mute' : 'unmute'));
      },
      unplug(...left) {
        bench.plugged = left;
        track?.stop();
        track?.dispatchEvent(new Event('ended'));
        changed();
      },
      plug(...labels) {
        bench.plugged = labels;
        changed();
      },
    };
    Object.assign(window, { bench });
    mediaDevices.enumerateDevices = async () =>
      bench.plugged.map((label) => ({ kind: 'audioinput', label, deviceId: label }) as MediaDeviceInfo);
    mediaDevices.getUserMedia = async () => {
      await audio.resume();
      const [label] = bench.plugged;
      if (label === undefined) throw new DOMException('', 'NotFoundError');
      const stream = microphone.stream.clone();
      const [fresh] = stream.getAudioTracks();
      if (fresh) {
        Object.defineProperties(fresh, {
          label: { value: label },
          muted: { get: () => taken },
          getSettings: { value: () => ({ deviceId: label, ...bench.settings }) },
        });
        track = fresh;
      }
      return stream;
    };
  }, settings);
}

describe.skipIf(skip)('the microphone during a call', () => {
  const stage = widgetStage();

  const talk = (settings?: MediaTrackSettings) =>
    stage.talk({ prepare: (context) => benchMicrophones(context, settings) });
  const at = <Value>(run: (bench: Bench) => Value) =>
    stage.visit.page.evaluate(`(${run.toString()})(window.bench)`) as Promise<Value>;
  const note = (text: RegExp) => stage.visit.page.locator('.note').filter({ hasText: text });

  it('is described to the server: what of its sound is taken care of', async () => {
    await talk({ echoCancellation: false, noiseSuppression: true });
    expect(await stage.server.next('device.report')).toEqual({
      echoCancellation: false,
      noiseSuppression: true,
      autoGainControl: null,
    });
  });

  it('is taken by another program: both sides know, and know when it is back', async () => {
    const page = await talk();
    await at((bench) => bench.take(true));
    await note(/Another app/).waitFor();
    await page.getByText('We cannot hear you').waitFor();
    expect(await stage.server.next('call.mute')).toEqual({ muted: true });
    await at((bench) => bench.take(false));
    expect(await stage.server.next('call.mute')).toEqual({ muted: false });
    await note(/Another app/).waitFor({ state: 'hidden' });
    await page.getByText('Listening').waitFor();
  });

  it('that is given back stays muted when the caller has muted it', async () => {
    const page = await talk();
    await page.getByRole('button', { name: 'Mute', exact: true }).click();
    expect(await stage.server.next('call.mute')).toEqual({ muted: true });
    await at((bench) => bench.take(true));
    expect(await stage.server.next('call.mute')).toEqual({ muted: true });
    await at((bench) => bench.take(false));
    expect(await stage.server.next('call.mute')).toEqual({ muted: true });
  });

  it('is switched off at the headset: it is said after a while, until sound comes', async () => {
    const page = await talk();
    await page.waitForFunction(() => performance.getEntriesByName('segue:ears').length > 0);
    await at((bench) => bench.sound(false));
    await note(/No sound comes/).waitFor({ timeout: 15_000 });
    // Nothing is told to the server: its own ears decide.
    expect(stage.server.received.filter(({ name }) => name === 'call.mute')).toEqual([]);
    await at((bench) => bench.sound(true));
    await note(/No sound comes/).waitFor({ state: 'hidden' });
  });

  it('is unplugged: the next one takes its place, by name', async () => {
    await talk();
    await at((bench) => bench.unplug('Headset'));
    await note(/through “Headset”/).waitFor();
    const before = await stage.server.packets();
    await expect.poll(() => stage.server.packets()).toBeGreaterThan(before);
    expect(await stage.visit.told('segue-error')).toEqual([]);
  });

  it('is gone: the call goes on in writing, and by voice again when one is plugged in', async () => {
    const page = await talk();
    await at((bench) => bench.unplug());
    await note(/No microphone was found/).waitFor();
    expect(await stage.server.next('call.mute')).toEqual({ muted: true });
    expect((await stage.visit.told('segue-error')).map(({ detail }) => detail.code)).toEqual([
      'MICROPHONE_UNAVAILABLE',
    ]);
    await at((bench) => bench.plug('Headset'));
    await note(/through “Headset”/).waitFor();
    expect(await stage.server.next('call.mute')).toEqual({ muted: false });
    await page.getByRole('button', { name: 'Mute', exact: true }).waitFor();
  });

  it('is gone when the line breaks: the next line is there without one, and takes the next one', async () => {
    const page = await talk();
    await at((bench) => bench.unplug());
    await note(/No microphone was found/).waitFor();
    stage.server.tell('media.lost', {});
    await stage.server.next('media.renew');
    await stage.server.next('media.ready');
    await stage.server.next('media.ready');
    await stage.visit.reaches('live');
    await at((bench) => bench.plug('Headset'));
    await note(/through “Headset”/).waitFor();
    await page.getByRole('button', { name: 'Mute', exact: true }).waitFor();
    const before = await stage.server.packets();
    await expect.poll(() => stage.server.packets()).toBeGreaterThan(before + 5);
    expect(stage.server.received.map(({ name }) => name)).not.toContain('media.giveUp');
  });

  it('is gone, and asked for again by the visitor', async () => {
    const page = await talk();
    await at((bench) => bench.unplug());
    const again = page.getByRole('button', { name: 'Use the microphone' });
    await again.click();
    await again.waitFor();
    await at((bench) => {
      bench.plugged = ['Headset'];
    });
    await again.click();
    await note(/through “Headset”/).waitFor();
    await page.getByRole('button', { name: 'Mute', exact: true }).waitFor();
  });
});

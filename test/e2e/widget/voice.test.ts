import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../shared/json.ts';
import { voiceSkipReason, widgetSkipReason, widgetStage } from './stage.ts';

type Voice = HTMLElement & {
  state: string;
  context: JsonObject;
  call(): Promise<void>;
  mute(on?: boolean): Promise<void>;
  hangUp(): Promise<void>;
  updateContext(patch: JsonObject): Promise<void>;
  track(name: string, data?: unknown): void;
};

const skip = Boolean(widgetSkipReason() || voiceSkipReason());

describe.skipIf(skip)('a call by voice', () => {
  const stage = widgetStage();

  const open = () => stage.open({ microphone: 'granted' });

  it('carries the page into the session and the voice to the server', async () => {
    const page = await open();
    await page.evaluate(() => {
      const voice = document.querySelector('segue-voice') as Voice;
      voice.context = { order: '10427' };
      voice.updateContext({ step: 'label' });
      voice.track('payment_failed', { amount: 39.9 });
    });
    await page.locator('.launcher').click();
    await stage.visit.reaches('live');
    const [session] = stage.server.sessions;
    expect(session).toMatchObject({
      site: 'demo',
      lang: 'auto',
      context: { order: '10427', step: 'label' },
      events: [{ name: 'payment_failed', data: { amount: 39.9 } }],
      page: { title: 'Returns – Harbour & Pine', language: 'en' },
    });
    expect(new URL(session?.page.url ?? '').pathname).toBe('/returns');
    expect(await stage.server.next('call.start')).toEqual({ media: true, wait: true });
    await expect.poll(() => stage.server.packets()).toBeGreaterThan(10);
    expect((await stage.visit.told('segue-state')).map(({ detail }) => detail.state)).toEqual([
      'connecting',
      'live',
    ]);
  });

  it('asks for mono Opus with DTX and in-band FEC', async () => {
    await stage.talk();
    const { rtpParameters } = await stage.server.next<{
      rtpParameters: { codecs: { mimeType: string; parameters: object }[] };
    }>('media.produce');
    expect(rtpParameters.codecs[0]).toMatchObject({
      mimeType: 'audio/opus',
      parameters: { usedtx: 1, useinbandfec: 1, 'sprop-stereo': 0 },
    });
  });

  it('explains the microphone before the browser asks', async () => {
    const page = await stage.open({ microphone: 'prompt' });
    await page.locator('.launcher').click();
    const goOn = page.getByRole('button', { name: 'Continue', exact: true });
    await goOn.waitFor();
    expect(
      await page.evaluate(
        () => document.querySelector('segue-voice')?.shadowRoot?.activeElement?.textContent,
      ),
    ).toContain('Continue');
    await page.context().grantPermissions(['microphone']);
    await goOn.click();
    await stage.visit.reaches('live');
    expect(await stage.server.next('call.start')).toEqual({ media: true, wait: true });
  });

  it('tells the context, events and views of the page during the call', async () => {
    const page = await stage.talk();
    await page.evaluate(() => {
      const voice = document.querySelector('segue-voice') as Voice;
      voice.updateContext({ cart: 3 });
      voice.track('coupon_rejected');
      history.pushState(null, '', '/returns/label');
      document.title = 'Label';
    });
    expect(await stage.server.next('context.update')).toEqual({ patch: { cart: 3 } });
    expect(await stage.server.next('page.event')).toMatchObject({ name: 'coupon_rejected' });
    const view = await stage.server.next<{ url: string; title: string }>('page.view');
    expect(view.title).toBe('Label');
    expect(new URL(view.url).pathname).toBe('/returns/label');
  });

  it('mutes on the device first and tells the server', async () => {
    const page = await stage.talk();
    const mute = page.getByRole('button', { name: 'Mute', exact: true });
    await mute.click();
    expect(await stage.server.next('call.mute')).toEqual({ muted: true });
    expect(await mute.getAttribute('aria-pressed')).toBe('true');
    await page.evaluate(() => (document.querySelector('segue-voice') as Voice).mute(false));
    expect(await stage.server.next('call.mute')).toEqual({ muted: false });
    expect(await mute.getAttribute('aria-pressed')).toBe('false');
  });

  it('shows the connection quality in words too', async () => {
    const page = await stage.talk();
    await page.getByRole('img', { name: 'Connection: good' }).waitFor();
  });

  it('says that it is reconnecting when the line is cut, and goes on when the server has kept the call', async () => {
    await stage.talk();
    stage.server.cut();
    await stage.visit.reaches('reconnecting');
    await expect.poll(() => stage.server.connected).toBe(1);
    stage.server.tell('call.state', { state: 'live' });
    await stage.visit.reaches('live');
  });

  it('rejects call() with the code when the server refuses, and shows the way back', async () => {
    const page = await open();
    stage.server.refusals.set('session', 'CAPACITY_REACHED');
    const code = await page.evaluate(() =>
      (document.querySelector('segue-voice') as Voice).call().then(
        () => 'live',
        (error: { code: string }) => error.code,
      ),
    );
    expect(code).toBe('CAPACITY_REACHED');
    expect((await stage.visit.told('segue-error'))[0]?.detail).toMatchObject({
      code: 'CAPACITY_REACHED',
      retryable: true,
    });
    await page.getByRole('button', { name: 'Try again' }).click();
    await stage.visit.reaches('live');
  });

  it('gives up a call that is hung up before it is answered', async () => {
    const page = await stage.open({ microphone: 'prompt' });
    const codes = page.evaluate(async () => {
      const voice = document.querySelector('segue-voice') as Voice;
      const code = voice.call().then(
        () => 'live',
        (error: { code: string }) => error.code,
      );
      await voice.hangUp();
      return [await code, voice.state];
    });
    expect(await codes).toEqual(['CALL_CANCELLED', 'ended']);
  });

  it('lets go of the microphone, the sound and the line when the element is removed', async () => {
    const page = await open();
    await page.evaluate(() => {
      const held = { tracks: [] as MediaStreamTrack[], contexts: [] as AudioContext[] };
      Object.assign(window, { held });
      const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (constraints) => {
        const stream = await open(constraints);
        held.tracks.push(...stream.getTracks());
        return stream;
      };
      const clone = MediaStreamTrack.prototype.clone;
      MediaStreamTrack.prototype.clone = function (this: MediaStreamTrack) {
        const copy = clone.call(this);
        held.tracks.push(copy);
        return copy;
      };
      const Original = AudioContext;
      window.AudioContext = class extends Original {
        constructor() {
          super();
          held.contexts.push(this);
        }
      };
    });
    await page.locator('.launcher').click();
    await stage.visit.reaches('live');
    await page.evaluate(() => document.querySelector('segue-voice')?.remove());
    await expect.poll(() => stage.server.connected).toBe(0);
    await stage.server.next('call.hangUp');
    const held = await page.evaluate(() => {
      const { tracks, contexts } = (
        window as unknown as { held: { tracks: MediaStreamTrack[]; contexts: AudioContext[] } }
      ).held;
      return [tracks.map((track) => track.readyState), contexts.map((context) => context.state)];
    });
    expect(held[0]).toHaveLength(2);
    expect(new Set(held[0])).toEqual(new Set(['ended']));
    expect(held[1]).toEqual(['closed']);
  });

  it('goes on when the element is only moved', async () => {
    const page = await stage.talk();
    await page.evaluate(() => document.body.append(document.querySelector('segue-voice') as Voice));
    await page.waitForTimeout(100);
    expect(stage.server.connected).toBe(1);
    expect(await page.evaluate(() => (document.querySelector('segue-voice') as Voice).state)).toBe('live');
  });

  it('keeps two elements apart, and takes no harm from a script that is loaded twice', async () => {
    const other = `<segue-voice id="other" position="bottom-left" server="${stage.server.url}"></segue-voice>`;
    const again = `<script type="module" src="${stage.server.url}/segue.js?again"></script>`;
    const page = await stage.open({ microphone: 'granted', body: other + again });
    await page.waitForLoadState('load');
    await page.evaluate(async () => {
      const [other, first] = [...document.querySelectorAll('segue-voice')] as Voice[];
      await Promise.all([first?.call(), other?.call()]);
      await other?.hangUp();
    });
    await stage.visit.reaches('ended', '#other');
    await stage.visit.reaches('live', 'segue-voice:not([id])');
    expect(stage.server.connected).toBe(1);
  });
});

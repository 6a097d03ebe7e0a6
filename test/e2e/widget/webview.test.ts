import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { ONCE, voiceSkipReason, widgetSkipReason, widgetStage } from './stage.ts';

const IPHONE = {
  viewport: { width: 390, height: 664 },
  isMobile: true,
  hasTouch: true,
  userAgent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
};
const ANDROID = {
  viewport: { width: 412, height: 732 },
  isMobile: true,
  hasTouch: true,
  userAgent:
    'Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0.0.0 Mobile Safari/537.36',
};

type Sent = { segue: number; type: string; [name: string]: unknown };

/** What each kind of app puts into the page's window, and how it speaks to the page. */
const HOSTS = {
  WKWebView: {
    context: IPHONE,
    install: () => {
      const sent: unknown[] = [];
      const segue = { postMessage: (message: unknown) => void sent.push(structuredClone(message)) };
      Object.assign(window, { sent, webkit: { messageHandlers: { segue } } });
    },
    speak: (message: object) => window.postMessage(JSON.stringify(message), location.origin),
  },
  'Android WebView': {
    context: ANDROID,
    install: () => {
      const sent: unknown[] = [];
      const SegueNative = { postMessage: (json: string) => void sent.push(JSON.parse(json)) };
      Object.assign(window, { sent, SegueNative });
    },
    speak: (message: object) => window.postMessage(JSON.stringify(message), location.origin),
  },
  'React Native on Android': {
    context: ANDROID,
    install: () => {
      const sent: unknown[] = [];
      const ReactNativeWebView = { postMessage: (json: string) => void sent.push(JSON.parse(json)) };
      Object.assign(window, { sent, ReactNativeWebView });
    },
    // Its own `postMessage` tells the document on Android.
    speak: (message: object) =>
      void document.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) })),
  },
  'React Native on iOS': {
    context: IPHONE,
    install: () => {
      const sent: unknown[] = [];
      const ReactNativeWebView = { postMessage: (json: string) => void sent.push(JSON.parse(json)) };
      Object.assign(window, { sent, ReactNativeWebView });
    },
    speak: (message: object) =>
      void window.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) })),
  },
};

describe.skipIf(widgetSkipReason() || voiceSkipReason())('in the web view of an app', () => {
  const stage = widgetStage();

  const sent = (page: Page) => page.evaluate(() => (window as unknown as { sent: Sent[] }).sent);
  const heard = async (page: Page, like: Partial<Sent>) =>
    await expect
      .poll(() => sent(page), { timeout: 15_000 })
      .toContainEqual(expect.objectContaining({ segue: 1, ...like }));
  const open = async (name: keyof typeof HOSTS, attributes = 'bridge') => {
    const { context, install } = HOSTS[name];
    return await stage.open({
      attributes,
      context,
      microphone: 'granted',
      prepare: async (context: BrowserContext) => {
        await context.addInitScript(install);
      },
    });
  };

  it.each(Object.keys(HOSTS) as (keyof typeof HOSTS)[])(
    '%s takes part in a call, both ways',
    async (name) => {
      const page = await open(name);
      const { speak } = HOSTS[name];
      await heard(page, { type: 'ready', state: 'idle', callId: null });
      await page.evaluate(speak, { segue: 1, type: 'updateContext', patch: { app: 'native' } });
      await page.evaluate(speak, { segue: 1, type: 'call', id: 'one' });
      await heard(page, { type: 'state', state: 'live', callId: 'call_1' });
      await heard(page, { type: 'answer', id: 'one', error: null });
      expect(stage.server.sessions.at(-1)?.context).toEqual({ app: 'native' });

      stage.server.say({ id: 'a', text: 'Hello.' });
      await heard(page, { type: 'transcript', speaker: 'assistant', text: 'Hello.' });
      stage.server.tell('speech', { who: 'assistant', active: true });
      await heard(page, { type: 'speech', who: 'assistant', active: true });

      await page.evaluate(speak, { segue: 1, type: 'sendText', text: 'Hi' });
      expect(await stage.server.next('text.send')).toEqual({ text: 'Hi', id: ONCE });
      await page.evaluate(speak, { segue: 1, type: 'track', name: 'payment_failed' });
      expect(await stage.server.next('page.event')).toMatchObject({ name: 'payment_failed' });
      await page.evaluate(speak, { segue: 1, type: 'mute', on: true });
      expect(await stage.server.next('call.mute')).toEqual({ muted: true });
      await page.evaluate(speak, { segue: 1, type: 'mute', on: 'loud', id: 'two' });
      await heard(page, {
        type: 'answer',
        id: 'two',
        error: expect.objectContaining({ code: 'BAD_REQUEST' }),
      });
      await page.evaluate(speak, { segue: 1, type: 'hangUp' });
      await heard(page, { type: 'state', state: 'ended', reason: 'caller' });
      await page.evaluate(speak, { segue: 1, type: 'mute', on: true, id: 'three' });
      await heard(page, {
        type: 'answer',
        id: 'three',
        error: expect.objectContaining({ code: 'CALL_NOT_STARTED' }),
      });
    },
  );

  it('a phone call takes the microphone and gives it back', async () => {
    const page = await open('WKWebView');
    const { speak } = HOSTS.WKWebView;
    await page.locator('.launcher').tap();
    await stage.visit.reaches('live');
    await page.evaluate(speak, { segue: 1, type: 'audioInterrupted', active: true });
    expect(await stage.server.next('call.mute')).toEqual({ muted: true });
    const note = page.locator('.note').getByText('has your microphone right now');
    await note.waitFor();
    await page.evaluate(speak, { segue: 1, type: 'audioInterrupted', active: false });
    expect(await stage.server.next('call.mute')).toEqual({ muted: false });
    await note.waitFor({ state: 'hidden' });
  });

  it('does nothing unless the page says so, and hears no frame', async () => {
    const page = await open('WKWebView', '');
    await page.waitForLoadState('networkidle');
    expect(await sent(page)).toEqual([]);
    await stage.visit.close();

    const bridged = await open('WKWebView');
    await heard(bridged, { type: 'ready' });
    await bridged.evaluate(() => {
      const frame = document.createElement('iframe');
      document.body.append(frame);
      // As a foreign document in it would send it.
      const event = new MessageEvent('message', {
        data: '{"segue":1,"type":"call"}',
        source: frame.contentWindow,
        origin: location.origin,
      });
      window.dispatchEvent(event);
      window.dispatchEvent(
        new MessageEvent('message', { data: '{"segue":1,"type":"call"}', origin: 'https://evil.example' }),
      );
    });
    await bridged.waitForTimeout(300);
    expect(
      await bridged.evaluate(
        () => (document.querySelector('segue-voice') as never as { state: string }).state,
      ),
    ).toBe('idle');
  });

  it('keeps the screen on during a call, and only then', async () => {
    const page = await stage.open({
      context: ANDROID,
      microphone: 'granted',
      prepare: async (context) => {
        await context.addInitScript(() => {
          const locks = { held: 0, asked: 0 };
          const request = async () => {
            locks.held += 1;
            locks.asked += 1;
            const release = async () => {
              locks.held -= 1;
            };
            return { release };
          };
          Object.assign(window, { locks });
          Object.defineProperty(navigator, 'wakeLock', { value: { request } });
        });
      },
    });
    const held = () => page.evaluate(() => (window as unknown as { locks: { held: number } }).locks.held);
    expect(await held()).toBe(0);
    await page.locator('.launcher').tap();
    await stage.visit.reaches('live');
    await expect.poll(held, { timeout: 10_000 }).toBe(1);
    await page.locator('.hang-up').tap();
    await expect.poll(held, { timeout: 10_000 }).toBe(0);
  });

  it('says that the line is lost and that it is back, to be seen and read out', async () => {
    stage.server.files.set('/v1/notices/en', 'no sound file');
    const page = await open('Android WebView');
    await page.evaluate(() => {
      const sounds = { tones: 0 };
      const Native = OscillatorNode;
      window.OscillatorNode = class extends Native {
        constructor(...args: ConstructorParameters<typeof OscillatorNode>) {
          super(...args);
          sounds.tones += 1;
        }
      };
      Object.assign(window, { sounds });
    });
    await page.locator('.launcher').tap();
    await stage.visit.reaches('live');
    stage.server.say({ id: 'a', text: 'Hello.' });
    stage.server.tell('call.state', { state: 'reconnecting' });
    const seen = page.locator('.captions .event');
    await seen.getByText('The line is gone for a moment').waitFor();
    await page.locator('[role=status]').getByText('The line is gone').waitFor();
    const tones = () =>
      page.evaluate(() => (window as unknown as { sounds: { tones: number } }).sounds.tones);
    expect(await tones()).toBe(2);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    stage.server.tell('call.state', { state: 'live' });
    await seen.getByText('We are back.').waitFor();
    await seen.waitFor({ state: 'detached' });
  });
});

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { loadFlite } from '../../server/speech/engines/flite.ts';
import type { TimelineEntry } from '../../shared/timeline.ts';
import { browserSkipReason, launchBrowser } from './browser.ts';
import { PageVoice, stageVoice } from './pageVoice.ts';
import { openStage, type Stage } from './stage.ts';

function skipReason(): string | null {
  if (process.env.MEDIASOUP_WORKER_BIN) return browserSkipReason();
  const reason = 'the mediasoup worker is not there; run npm run setup';
  console.warn(`skipped: ${reason}`);
  return reason;
}

type Spied = { channels: RTCDataChannel[] };

/**
 * Keeps the page's data channels within reach, forgets what the server said of the size of messages, and lets hints by
 * the socket wait, as they do behind a lost packet.
 */
async function spy(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const channels: RTCDataChannel[] = [];
    Object.assign(window, { channels });
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (data) {
      const held = typeof data === 'string' && data.includes('hint.speech');
      setTimeout(() => send.call(this, data), held ? 300 : 0);
    };
    const { createDataChannel } = RTCPeerConnection.prototype;
    const setRemoteDescription: (description: RTCSessionDescriptionInit) => Promise<void> =
      RTCPeerConnection.prototype.setRemoteDescription;
    RTCPeerConnection.prototype.createDataChannel = function (label, options) {
      const channel = createDataChannel.call(this, label, options);
      channels.push(channel);
      return channel;
    };
    RTCPeerConnection.prototype.setRemoteDescription = function (description: RTCSessionDescriptionInit) {
      const sdp = description.sdp?.replace(/max-message-size:\d+/, 'max-message-size:262144') ?? '';
      return setRemoteDescription.call(this, { ...description, sdp });
    };
  });
}

describe.skipIf(skipReason())('hints at speech over the data channel, on the real server', () => {
  let stage: Stage;
  let browser: Browser;
  let page: Page;
  let voice: PageVoice;
  let sentence: Float32Array;
  beforeAll(async () => {
    [stage, browser] = await Promise.all([openStage(), launchBrowser()]);
    const flite = await loadFlite();
    sentence = (await flite.synthesise('Where is my order?', { language: 'en', voice: 'rms' })).pcm16k;
    await flite.close();
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });
  afterEach(() => page.context().close());

  async function call(): Promise<string> {
    const context = await browser.newContext();
    await context.grantPermissions(['microphone']);
    await stageVoice(context);
    await spy(context);
    page = await context.newPage();
    voice = new PageVoice(page);
    await page.goto(stage.shop);
    await page.locator('segue-voice').getByRole('button').first().click();
    await voice.until('segue-state', { state: 'live' });
    await page.waitForFunction(() => (window as unknown as Spied).channels[0]?.readyState === 'open');
    return await page.evaluate(
      () => (document.querySelector('segue-voice') as HTMLElement & { callId: string }).callId,
    );
  }

  const hints = async (callId: string): Promise<TimelineEntry[]> =>
    (await stage.timeline(callId)).filter(({ type }) => type === 'caller.hint');
  const send = (messages: (string | number[])[]) =>
    page.evaluate((all) => {
      const [channel] = (window as unknown as Spied).channels;
      for (const message of all) {
        if (typeof message === 'string') channel?.send(message);
        else channel?.send(new Uint8Array(message));
      }
    }, messages);

  test('do not wait behind what the socket waits for, and count once', async () => {
    const callId = await call();
    await voice.untilQuiet();
    await voice.speak(sentence);
    await expect.poll(async () => (await hints(callId)).length, { timeout: 10_000 }).toBe(2);
    const noted = await hints(callId);
    expect(noted.map(({ active }) => active)).toEqual([true, false]);
    expect(noted.map(({ path }) => path)).toEqual(['channel', 'channel']);
    expect((await stage.timeline(callId)).filter(({ type }) => type === 'caller.hint')).toHaveLength(2);
  });

  test('do no harm when they are nonsense, too many or huge: the channel is closed, the call goes on', async () => {
    const callId = await call();
    await voice.untilQuiet();
    const bad = { active: 'yes', atMs: -1, confidence: 7 };
    await send(['', '{', '[]', 'null', JSON.stringify(bad), [0, 255, 254, 1], 'x'.repeat(200)]);
    await send(Array.from({ length: 3_000 }, (_, at) => hintAt(at)));
    // What the server said of the size is not held.
    await send(['x'.repeat(60_000)]).catch(() => {});
    await send([hintAt(10_000_000)]).catch(() => {});
    // Hints by the socket are heard all the same, and so is the caller.
    const before = (await hints(callId)).length;
    expect(before).toBeLessThan(60);
    await voice.forget();
    await voice.speak(sentence);
    await voice.until('segue-transcript', { speaker: 'caller', final: true });
    await voice.until('segue-transcript', { speaker: 'assistant', final: true });
    expect(stage.output()).not.toMatch(/"level":(50|60)/);
  });
});

function hintAt(atMs: number): string {
  return JSON.stringify({ active: atMs % 2 === 0, atMs, confidence: 1 });
}

import { existsSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadFlite } from '../../server/speech/engines/flite.ts';
import type { TtsEngine } from '../../server/speech/tts.ts';
import { modelDir, userCacheDir } from '../../shared/cache.ts';
import { browserSkipReason, launchBrowser } from './browser.ts';
import { Listener, sharedWords } from './listener.ts';
import { PageVoice, stageVoice } from './pageVoice.ts';
import { openStage, type Stage } from './stage.ts';

const model = modelDir(userCacheDir(), 'vosk-en');

function skipReason(): string | null {
  const missing = [
    existsSync(model) ? null : 'the speech model is not there',
    process.env.MEDIASOUP_WORKER_BIN ? null : 'the mediasoup worker is not there',
  ].find((reason) => reason !== null);
  if (missing) console.warn(`skipped: ${missing}; run npm run setup`);
  return missing ?? browserSkipReason();
}

describe.skipIf(skipReason())('a visitor of the demo shop', () => {
  let stage: Stage;
  let browser: Browser;
  let listener: Listener;
  let tts: TtsEngine;
  beforeAll(async () => {
    [stage, browser, listener, tts] = await Promise.all([
      openStage(),
      launchBrowser(),
      Listener.open(),
      loadFlite(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
    await Promise.all([listener?.close(), tts?.close()]);
  });

  async function visit(path: string): Promise<{ page: Page; voice: PageVoice; violations: string[] }> {
    const context = await browser.newContext();
    await context.grantPermissions(['microphone']);
    await stageVoice(context);
    const violations: string[] = [];
    const page = await context.newPage();
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) violations.push(message.text());
    });
    await page.goto(`${stage.shop}${path}`);
    return { page, voice: new PageVoice(page), violations };
  }

  const speech = async (text: string): Promise<Float32Array> =>
    (await tts.synthesise(text, { language: 'en', voice: 'rms' })).pcm16k;

  /** The words that were shown last are the words that were to be heard. */
  async function expectHeard(voice: PageVoice): Promise<void> {
    const lines = (await voice.events('segue-transcript')).filter(
      ({ detail }) => detail.speaker === 'assistant',
    );
    const heard = await listener.hear(await voice.recording());
    expect(sharedWords(String(lines.at(-1)?.detail.text), heard), heard).toBeGreaterThan(0.5);
  }

  /** Asks, and says yes when the assistant wants to be sure of a number. */
  async function askAboutOrder(voice: PageVoice): Promise<void> {
    await voice.forget();
    await voice.speak(await speech('Where is my order one zero four nine eight?'));
    await voice.until('segue-transcript', { speaker: 'caller', final: true, text: /order/ });
    await voice.until('segue-transcript', { speaker: 'assistant', text: /10498/ });
    await voice.untilQuiet();
    const lines = (await voice.events('segue-transcript')).map(({ detail }) => String(detail.text));
    if (!lines.at(-1)?.includes('Did you mean')) return;
    await voice.forget();
    await voice.speak(await speech('Yes, please.'));
    await voice.until('segue-transcript', { speaker: 'assistant', text: /10498/ });
    await voice.untilQuiet();
  }

  test('is greeted with the return of yesterday, asks, is answered, interrupts and hangs up', async () => {
    const { page, voice, violations } = await visit('/');
    await signInAsJane(page, stage.shop);
    await page.locator('segue-voice').getByRole('button').first().click();

    // Context → greeting that names the return.
    await voice.until('segue-state', { state: 'live' });
    await voice.until('segue-transcript', { speaker: 'assistant', text: /return.*lamp|lamp.*return/ });
    await voice.untilQuiet();
    await expectHeard(voice);

    // The caller's question → the answer, from their own order.
    await voice.forget();
    await voice.speak(await speech('No, thank you.'));
    await voice.until('segue-transcript', { speaker: 'assistant', final: true });
    await voice.untilQuiet();
    await askAboutOrder(voice);
    const said = (await voice.events('segue-transcript')).filter(
      ({ detail }) => detail.speaker === 'assistant',
    );
    expect(said.at(-1)?.detail.text).toMatch(/10498 is on its way/);
    await expectHeard(voice);

    // Talking over the assistant stops it.
    await voice.forget();
    await voice.speak(await speech('What are your opening hours?'));
    await voice.until('segue-speech', { who: 'assistant', active: true });
    await voice.speak(await speech('Stop. Wait a moment please, I have another question.'));
    await voice.untilQuiet();

    const callId = await page
      .locator('segue-voice')
      .evaluate((element) => (element as unknown as { callId: string }).callId);
    await page
      .locator('segue-voice')
      .evaluate((element) => (element as unknown as { hangUp(): Promise<void> }).hangUp());
    await voice.until('segue-state', { state: 'ended' });

    const timeline = await stage.timeline(callId);
    const types = timeline.map(({ type }) => type);
    for (const type of [
      'call.start',
      'context.rehydrated',
      'call.answered',
      'assistant.audio.start',
      'assistant.audio.end',
      'caller.speech.start',
      'caller.speech.end',
      'turn.end',
      'stt.final',
      'policy.reply',
      'tts.first',
      'assistant.interrupted',
    ]) {
      expect(types).toContain(type);
    }
    expect(types.at(-1)).toBe('call.end');
    const times = timeline.map(({ tMs }) => tMs);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect(violations).toEqual([]);
    expect(stage.output()).not.toMatch(/Jane|jane@/);
    await page.context().close();
  });

  test('tells the running call about a payment that fails on the page', async () => {
    const { page, voice } = await visit('/');
    await page
      .locator('segue-voice')
      .evaluate((element) => (element as unknown as { call(): Promise<void> }).call());
    await voice.until('segue-transcript', { speaker: 'assistant' });
    await voice.untilQuiet();
    const callId = await page.locator('segue-voice').evaluate((element) => {
      const voice = element as unknown as { callId: string; track(name: string, data: object): void };
      voice.track('payment_failed', { reason: 'expired_card', amountCents: 12_900 });
      return voice.callId;
    });
    await voice.until('segue-transcript', { speaker: 'assistant', text: /card|payment/ });
    const timeline = await stage.timeline(callId);
    expect(timeline).toContainEqual(
      expect.objectContaining({ type: 'context.updated', event: 'payment_failed' }),
    );
    await page.context().close();
  });

  test('can write instead of speaking, on the same path', async () => {
    const { page, voice } = await visit('/');
    await page
      .locator('segue-voice')
      .evaluate((element) =>
        (element as unknown as { sendText(text: string): Promise<void> }).sendText('When are you open?'),
      );
    await voice.until('segue-transcript', { speaker: 'assistant', final: true, text: /open|monday|to \d/ });
    await page.context().close();
  });
});

/** The shop's own sign-in, as its demo customer. */
async function signInAsJane(page: Page, shop: string): Promise<void> {
  await page.goto(`${shop}/sign-in`);
  await page.getByRole('button', { name: /jane/i }).click();
  await page.goto(`${shop}/`);
}

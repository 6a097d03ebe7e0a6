import { existsSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadFlite } from '../../server/speech/engines/flite.ts';
import type { TtsEngine } from '../../server/speech/tts.ts';
import { modelDir, userCacheDir } from '../../shared/cache.ts';
import type { Transcript } from '../../shared/events.ts';
import { browserSkipReason, launchBrowser } from './browser.ts';
import { PageVoice, stageVoice } from './pageVoice.ts';
import { openStage, type Stage } from './stage.ts';

function skipReason(): string | null {
  const missing = [
    existsSync(modelDir(userCacheDir(), 'vosk-en')) ? null : 'the speech model is not there',
    process.env.MEDIASOUP_WORKER_BIN ? null : 'the mediasoup worker is not there',
  ].find((reason) => reason !== null);
  if (missing) console.warn(`skipped: ${missing}; run npm run setup`);
  return missing ?? browserSkipReason();
}

type Element = { callId: string; state: string; call(): Promise<void> };
type Summary = { sessionId: string; reason: string | null; transcript: Transcript[] };

describe.skipIf(skipReason())('a call on the pages of the demo shop', () => {
  let stage: Stage;
  let browser: Browser;
  let tts: TtsEngine;
  let context: BrowserContext;
  beforeAll(async () => {
    [stage, browser, tts] = await Promise.all([openStage(), launchBrowser(), loadFlite()]);
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
    await tts?.close();
  });

  const element = (page: Page) => page.locator('segue-voice');
  const callIdOf = (page: Page) => element(page).evaluate((voice) => (voice as unknown as Element).callId);
  const summary = async (callId: string) => (await stage.read(`/v1/calls/${callId}`)) as Summary;
  const speech = async (text: string): Promise<Float32Array> =>
    (await tts.synthesise(text, { language: 'en', voice: 'rms' })).pcm16k;

  /** A visitor who calls from the front page and is greeted. */
  async function call(): Promise<{ page: Page; voice: PageVoice; callId: string }> {
    context = await browser.newContext();
    await context.grantPermissions(['microphone']);
    await stageVoice(context);
    const page = await context.newPage();
    await page.goto(stage.shop);
    await element(page).getByRole('button').first().click();
    const voice = new PageVoice(page);
    await voice.until('segue-state', { state: 'live' });
    await voice.until('segue-speech', { who: 'assistant', active: true });
    return { page, voice, callId: await callIdOf(page) };
  }

  test('a reload in mid-sentence loses nothing: no click, captions complete, the assistant goes on', async () => {
    const { page, voice, callId } = await call();
    await voice.until('segue-transcript', { speaker: 'assistant' });
    const leftAt = Date.now();
    await page.reload();
    await voice.until('segue-state', { state: 'live' });
    await voice.until('segue-speech', { who: 'assistant', active: true });
    console.info(`reload: the assistant is heard again after ${Date.now() - leftAt} ms`);
    await voice.untilQuiet();
    expect(await callIdOf(page)).toBe(callId);
    const shown = await element(page).getByRole('log').textContent();
    const { transcript } = await summary(callId);
    expect(transcript[0]?.final).toBe(true);
    for (const { text } of transcript) expect(shown?.replace(/\s+/g, ' ')).toContain(text);

    await voice.forget();
    await voice.speak(await speech('What are your opening hours?'));
    await voice.until('segue-transcript', { speaker: 'caller', final: true });
    await voice.until('segue-transcript', { speaker: 'assistant', final: true });
    const types = (await stage.timeline(callId)).map(({ type }) => type);
    expect(types).toContain('call.reconnected');
    expect(types.filter((type) => type === 'call.start')).toHaveLength(1);
    await context.close();
  });

  test('the next page of the shop brings its facts into the running call', async () => {
    const { page, voice, callId } = await call();
    const { sessionId } = await summary(callId);
    await voice.untilQuiet();
    await page
      .getByRole('link', { name: /help|contact|questions/i })
      .first()
      .click();
    await page.waitForLoadState();
    await voice.until('segue-state', { state: 'live' });
    const known = async () => {
      const { facts } = (await stage.read(`/v1/sessions/${sessionId}/context`)) as {
        facts: Record<string, { value: unknown }>;
      };
      return facts['page.url']?.value;
    };
    await expect.poll(known, { timeout: 10_000 }).toBe(page.url());
    const updates = (await stage.timeline(callId)).filter(({ type }) => type === 'context.updated');
    expect(updates.at(-1)?.facts ?? updates.flatMap(({ facts }) => facts)).toBeDefined();
    expect(await callIdOf(page)).toBe(callId);
    await context.close();
  });

  test('two tabs have one call, in the tab where the visitor wants it', async () => {
    const { page, voice, callId } = await call();
    await voice.untilQuiet();
    const other = await context.newPage();
    await other.goto(`${stage.shop}/`);
    await element(other)
      .getByRole('button', { name: /Back to the call/ })
      .click();
    await other.getByRole('button', { name: 'Take it here' }).click();
    const there = new PageVoice(other);
    await there.until('segue-state', { state: 'live' });
    expect(await callIdOf(other)).toBe(callId);
    await voice.until('segue-state', { state: 'idle' });
    await there.forget();
    await there.speak(await speech('What are your opening hours?'));
    await there.until('segue-transcript', { speaker: 'caller', final: true });
    // The tab that lost the call does not end it by being closed.
    await page.close();
    await there.until('segue-transcript', { speaker: 'assistant', final: true });
    expect((await summary(callId)).reason).toBeNull();
    await context.close();
  });

  test('has the notice of a lost line before the line is lost', async () => {
    context = await browser.newContext();
    await context.grantPermissions(['microphone']);
    await stageVoice(context);
    const page = await context.newPage();
    await page.goto(stage.shop);
    const fetched = page.waitForResponse(/\/v1\/notices\/en\?site=demo$/);
    await element(page).getByRole('button').first().click();
    const response = await fetched;
    expect(response.status()).toBe(200);
    const seconds = await page.evaluate(async (url) => {
      const file = await (await fetch(url)).arrayBuffer();
      return (await new OfflineAudioContext(1, 1, 16_000).decodeAudioData(file)).duration;
    }, response.url());
    expect(seconds).toBeGreaterThan(2);
    await context.close();
  });

  test('leaving the site ends the call after the grace', async () => {
    const { page, callId } = await call();
    await page.goto('about:blank');
    expect((await summary(callId)).reason).toBeNull();
    await expect
      .poll(async () => (await summary(callId)).reason, { timeout: 30_000, interval: 500 })
      .toBe('caller');
    await context.close();
  });
});

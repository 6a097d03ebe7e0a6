import { existsSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadFlite } from '../../server/speech/engines/flite.ts';
import type { TtsEngine } from '../../server/speech/tts.ts';
import { modelDir, userCacheDir } from '../../shared/cache.ts';
import { browserSkipReason, launchBrowser } from './browser.ts';
import { PageVoice, stageVoice } from './pageVoice.ts';
import { openStage, type Stage } from './stage.ts';

const ENV = { DATABASE_URL: undefined };
const TEST_LIMIT_MS = 300_000;
/** A busy machine takes its time to start a server with its engines. */
const BACK_LIMIT_MS = 90_000;
const ASK_LIMIT_MS = 15_000;
const ATTEMPTS = 4;

const HOURS = /on weekdays/;

function skipReason(): string | null {
  const missing = [
    existsSync(modelDir(userCacheDir(), 'vosk-en')) ? null : 'the speech model is not there',
    process.env.MEDIASOUP_WORKER_BIN ? null : 'the mediasoup worker is not there',
  ].find((reason) => reason !== null);
  if (missing) console.warn(`skipped: ${missing}; run npm run setup`);
  return missing ?? browserSkipReason();
}

describe.skipIf(skipReason())('a call by voice whose server is killed', () => {
  let stage: Stage;
  let browser: Browser;
  let tts: TtsEngine;
  let page: Page;
  let voice: PageVoice;
  beforeAll(async () => {
    [stage, browser, tts] = await Promise.all([openStage(ENV), launchBrowser(), loadFlite()]);
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
    await tts?.close();
  });

  async function call(): Promise<void> {
    const context = await browser.newContext();
    await context.grantPermissions(['microphone']);
    await stageVoice(context);
    page = await context.newPage();
    await page.goto(stage.shop);
    voice = new PageVoice(page);
    await page.locator('segue-voice').getByRole('button').first().click();
    await voice.until('segue-state', { state: 'live' }, BACK_LIMIT_MS);
    await voice.until('segue-transcript', { speaker: 'assistant', final: true });
    await voice.untilQuiet();
  }

  const speak = async (text: string): Promise<void> =>
    voice.speak((await tts.synthesise(text, { language: 'en', voice: 'rms' })).pcm16k);

  /** Kills the server and starts it again on its ports; resolves when the call is live again. */
  async function restart(): Promise<void> {
    await stage.kill();
    await voice.forget();
    stage = await openStage({ ...ENV, SEGUE_DATA_DIR: stage.dataDir, PORT: new URL(stage.server).port });
    await voice.until('segue-state', { state: 'live' }, BACK_LIMIT_MS);
  }

  /** Resolves when the answer begins; on a busy machine words are lost, and it is asked again. */
  async function askForHours(): Promise<void> {
    for (let left = ATTEMPTS; ; left -= 1) {
      await voice.untilQuiet();
      await voice.forget();
      await speak('What are your opening hours?');
      try {
        await voice.until('segue-transcript', { speaker: 'assistant', text: HOURS }, ASK_LIMIT_MS);
        return;
      } catch (error) {
        if (left === 1) throw new Error(`It was said: ${(await said()).join(' | ')}`, { cause: error });
      }
    }
  }

  /** Texts of the assistant's lines, each as it was told last: to a device that is back, all of them again. */
  async function said(): Promise<string[]> {
    const lines = (await voice.events('segue-transcript')).filter(
      ({ detail }) => detail.speaker === 'assistant',
    );
    return [...new Map(lines.map(({ detail }) => [detail.id, String(detail.text)])).values()];
  }

  test(
    'goes on: while it waits, and while the assistant speaks',
    async () => {
      await call();
      const element = page.locator('segue-voice');
      const callId = await element.evaluate((one) => (one as unknown as { callId: string }).callId);

      // While it waits: the open question is asked again.
      await restart();
      await voice.until('segue-transcript', { speaker: 'assistant', text: /cut off/, final: true });
      await voice.untilQuiet();
      expect((await said()).at(-1)).toMatch(/\?$/);

      // While the assistant speaks its second sentence: the first was heard, the others are said.
      await askForHours();
      await voice.until('segue-transcript', { speaker: 'assistant', text: /On Saturdays/ });
      await restart();
      await voice.until(
        'segue-transcript',
        { speaker: 'assistant', text: /anything else/, final: true },
        BACK_LIMIT_MS,
      );
      expect((await said()).slice(-2)).toEqual([
        "We're open from 9:00 to 18:00 on weekdays.",
        expect.stringMatching(/^Sorry, we were cut off for a moment\. As I was saying: On Saturdays .*\?$/),
      ]);

      await element.evaluate((one) => (one as unknown as { hangUp(): Promise<void> }).hangUp());
      const timeline = await stage.timeline(callId);
      const count = (type: string) => timeline.filter((entry) => entry.type === type).length;
      expect([count('call.start'), count('call.reconnected')]).toEqual([1, 2]);
      const gaps = timeline.flatMap(({ type, gapMs }) => (type === 'call.reconnected' ? Number(gapMs) : []));
      console.info(`Gaps of a killed and restarted server, its start included: ${gaps.join(', ')} ms`);
      const times = timeline.map(({ tMs }) => tMs);
      expect(times).toEqual(times.toSorted((one, other) => one - other));
    },
    TEST_LIMIT_MS,
  );
});

import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FakeSegueServer } from '../../fakes/segueServer.ts';
import { launchBrowser } from '../browser.ts';
import { findWorker, ONCE, voiceSkipReason, widgetSkipReason } from './stage.ts';
import { Visit } from './visit.ts';

const skip = Boolean(widgetSkipReason() || voiceSkipReason());

describe.skipIf(skip)('a call through which no sound gets', () => {
  let browser: Browser;
  let server: FakeSegueServer;
  let visit: Visit;
  beforeAll(async () => {
    browser = await launchBrowser();
    server = await FakeSegueServer.start({ workerBin: findWorker() });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  afterEach(async () => {
    expect(await visit.violations()).toEqual([]);
    await visit.close();
    server.received.length = 0;
    server.soundless = false;
  });

  /** Tracks of the microphone that are on; the page's own are looked at, and nothing else. */
  const watchMicrophones = () => {
    const tracks: MediaStreamTrack[] = [];
    const { mediaDevices } = navigator;
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (constraints) => {
      const stream = await open(constraints);
      tracks.push(...stream.getTracks());
      return stream;
    };
    Object.assign(window, {
      microphonesOn: () => tracks.filter(({ readyState }) => readyState === 'live').length,
    });
  };
  const microphonesOn = () => visit.page.evaluate<number>('window.microphonesOn()');
  const states = async () => (await visit.told('segue-state')).map(({ detail }) => detail.state);
  const begin = async () => {
    visit = await Visit.open(browser, server, {
      microphone: 'granted',
      prepare: async (context) => void (await context.addInitScript(watchMicrophones)),
    });
    await visit.page.locator('.launcher').click();
    return visit.page;
  };
  const write = async (text: string) => {
    await visit.page.getByRole('textbox').fill(text);
    await visit.page.keyboard.press('Enter');
    expect(await server.next('text.send')).toEqual({ text, id: ONCE });
  };

  it('goes on in writing, on the next page too, and by voice when the visitor tries again', {
    timeout: 90_000,
  }, async () => {
    const page = await begin();
    await visit.reaches('live');
    server.say({ id: 'a', text: 'Hello.' });
    server.blockSound();
    await server.next('media.giveUp');
    const note = page.locator('.note').filter({ hasText: /No sound gets through.*let’s write/ });
    await note.waitFor();
    await visit.reaches('live');
    await page
      .getByRole('status')
      .filter({ hasText: /No sound gets through/ })
      .waitFor();
    expect(await states()).toEqual(['connecting', 'live', 'reconnecting', 'live']);
    expect((await visit.told('segue-error')).map(({ detail }) => detail.code)).toEqual([
      'MEDIA_TRANSPORT_FAILED',
    ]);
    expect(await microphonesOn()).toBe(0);
    expect(await page.getByRole('button', { name: 'Mute', exact: true }).count()).toBe(0);
    await page.getByRole('log').getByText('Hello.').waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await write('Where is my order?');

    // The next page knows that it need not try.
    server.received.length = 0;
    await page.reload();
    await visit.reaches('live');
    expect(await server.next('call.attach')).toEqual({ media: false });
    await note.waitFor();
    await page.getByRole('log').getByText('Hello.').waitFor();
    await write('And the return?');

    // In vain at first; with the keyboard.
    const again = page.getByRole('button', { name: 'Try talking again' });
    await again.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Trying to get sound through…').first().waitFor();
    await server.next('media.renew');
    await server.next('media.giveUp');
    await note.waitFor();
    expect(await microphonesOn()).toBe(0);
    server.soundless = false;
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Mute', exact: true }).waitFor();
    await note.waitFor({ state: 'hidden' });
    expect(await microphonesOn()).toBe(1);
    const before = await server.packets();
    await expect.poll(() => server.packets()).toBeGreaterThan(before);
    await page.waitForFunction(() => performance.getEntriesByName('segue:ears').length > 0);
    expect(await states()).not.toContain('failed');
  });

  it('begins in writing when there was none from the start', { timeout: 45_000 }, async () => {
    server.soundless = true;
    const page = await begin();
    await server.next('media.giveUp');
    await page
      .locator('.note')
      .filter({ hasText: /No sound gets through/ })
      .waitFor();
    await visit.reaches('live');
    expect(await microphonesOn()).toBe(0);
    await write('Where is my order?');
  });
});

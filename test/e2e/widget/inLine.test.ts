import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FakeSegueServer } from '../../fakes/segueServer.ts';
import { launchBrowser } from '../browser.ts';
import { findWorker, ONCE, voiceSkipReason, widgetSkipReason } from './stage.ts';
import { Visit } from './visit.ts';

const skip = Boolean(widgetSkipReason() || voiceSkipReason());

describe.skipIf(skip)('a caller who finds no free line', () => {
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
    server.refusals.clear();
  });

  /** Somebody who has called, and is told to be the third. */
  async function wait(options: { callsBack?: boolean } = {}) {
    visit = await Visit.open(browser, server, { microphone: 'granted' });
    server.refusals.set('call.start', 'CAPACITY_REACHED');
    const { page } = visit;
    await page.locator('.launcher').click();
    expect(await server.next('call.start')).toEqual({ media: true, wait: true });
    server.tell('queue', { position: 3, waitMs: 150_000, callsBack: options.callsBack ?? true });
    await page.getByText('You are number 3 in line, about 3 min.').first().waitFor();
    return page;
  }

  it('is told the place, and is connected when it is their turn', async () => {
    const page = await wait();
    expect(await page.locator('.unseen').first().textContent()).toContain('number 3');
    server.tell('queue', { position: 1, waitMs: 20_000, callsBack: true });
    await page.getByText('You are number 1 in line, about 1 min.').first().waitFor();
    server.tell('queue', { position: 0, waitMs: 0, callsBack: true });
    expect(await server.next('call.start')).toEqual({ media: true, wait: true });
    await visit.reaches('live');
  });

  it('can write instead, by keyboard too', async () => {
    const page = await wait({ callsBack: false });
    expect(await page.getByRole('button', { name: 'Call me back' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Type instead' }).focus();
    await page.keyboard.press('Enter');
    expect(await server.next('call.start')).toEqual({ media: false, wait: false });
    await visit.reaches('live');
  });

  it('can ask to be called back', async () => {
    const page = await wait();
    await page.getByRole('button', { name: 'Call me back' }).click();
    expect(await server.next('call.start')).toEqual({ media: false, wait: false });
    expect(await server.next('text.send')).toEqual({ text: 'Please call me back later.', id: ONCE });
  });

  it('can leave', async () => {
    const page = await wait();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => server.connected).toBe(0);
  });
});

/** What the widget's browser tests share: one Chromium and one fake server a file, a visit a test, and reasons to skip. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { userCacheDir, workerBinary } from '../../../shared/cache.ts';
import { FakeSegueServer } from '../../fakes/segueServer.ts';
import { browserSkipReason, launchBrowser } from '../browser.ts';
import { Visit, type VisitOptions } from './visit.ts';

/** The id of a message that is taken once, however often it is sent. */
export const ONCE = expect.stringMatching(/^[0-9a-f]{32}$/) as string;

const ROOT = join(import.meta.dirname, '../../..');

/** The mediasoup worker of this machine, or null. */
export function findWorker(): string | null {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules/mediasoup/package.json'), 'utf8')) as {
    version: string;
  };
  const path = process.env.MEDIASOUP_WORKER_BIN ?? workerBinary(userCacheDir(), version);
  return existsSync(path) ? path : null;
}

/** Why the widget cannot be tested in a browser here, printed once; null if it can. */
export function widgetSkipReason(): string | null {
  if (existsSync(join(ROOT, 'dist/client/segue.js'))) return browserSkipReason();
  const reason = 'the client is not built: npm run build';
  console.warn(`skipped: ${reason}`);
  return reason;
}

/** Why calls by voice cannot be tested here, printed once; null if they can. */
export function voiceSkipReason(): string | null {
  if (findWorker()) return null;
  const reason = 'no mediasoup worker: npm run setup';
  console.warn(`skipped: ${reason}`);
  return reason;
}

/** One browser and one server for a group of tests; after each its visit ends, and the server forgets it. */
class WidgetStage {
  browser!: Browser;
  server!: FakeSegueServer;
  /** Of this test; opened last. */
  visit!: Visit;

  /** The visitor opens the page. */
  async open(options: VisitOptions = {}, browser = this.browser): Promise<Page> {
    this.visit = await Visit.open(browser, this.server, options);
    return this.visit.page;
  }

  /** Opens it, calls with a microphone that is granted, and is live. */
  async talk(options: VisitOptions = {}, browser = this.browser): Promise<Page> {
    const page = await this.open({ microphone: 'granted', ...options }, browser);
    await page.locator('.launcher').click();
    await this.visit.reaches('live');
    return page;
  }
}

/** For one `describe`. `voice`: with real media; `strict`: nothing may go against the page's policy. */
export function widgetStage({ voice = true, strict = true } = {}): WidgetStage {
  const stage = new WidgetStage();
  beforeAll(async () => {
    stage.browser = await launchBrowser();
    stage.server = await FakeSegueServer.start(voice ? { workerBin: findWorker() } : {});
  });
  afterAll(async () => {
    await stage.browser?.close();
    await stage.server?.close();
  });
  afterEach(async () => {
    if (strict) expect(await stage.visit.violations()).toEqual([]);
    await stage.visit.close();
    stage.server.forget();
  });
  return stage;
}

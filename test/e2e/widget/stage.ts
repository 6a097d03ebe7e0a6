/** What the widget's browser tests share: one Chromium, one fake server, and reasons to skip. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { userCacheDir, workerBinary } from '../../../shared/cache.ts';
import { browserSkipReason } from '../browser.ts';

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

/**
 * Where the tests find what set-up made, when vitest is started by hand. Nothing here overrides what the
 * caller, or `npm test`, has set.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium } from '../../scripts/setup/browser.ts';
import { userCacheDir, workerBinary } from '../../shared/cache.ts';

const root = join(import.meta.dirname, '..', '..');

function offer(variable: string, path: string | null): void {
  if (process.env[variable] === undefined && path !== null && existsSync(path)) process.env[variable] = path;
}

const mediasoup = JSON.parse(
  readFileSync(join(root, 'node_modules', 'mediasoup', 'package.json'), 'utf8'),
) as { version: string };
offer('MEDIASOUP_WORKER_BIN', workerBinary(userCacheDir(), mediasoup.version));
offer('SEGUE_MODELS_MIRROR', join(root, '..', 'shared', 'models'));
offer('SEGUE_CHROMIUM', findChromium());

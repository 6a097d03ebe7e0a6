import { existsSync } from 'node:fs';
import { modelDir, userCacheDir } from '../../../shared/cache.ts';
import { browserSkipReason } from '../browser.ts';

/** Why no real call can be broken here, printed once; null if one can. */
export function faultSkipReason({ browser = true } = {}): string | null {
  const missing = [
    existsSync(modelDir(userCacheDir(), 'vosk-en')) ? null : 'the speech model is not there',
    process.env.MEDIASOUP_WORKER_BIN ? null : 'the mediasoup worker is not there',
  ].find((reason) => reason !== null);
  if (missing) console.warn(`skipped: ${missing}; run npm run setup`);
  return missing ?? (browser ? browserSkipReason() : null);
}

import { existsSync } from 'node:fs';
import { version } from 'mediasoup';
import { userCacheDir, workerBinary } from '../../../shared/cache.ts';

const candidates = [process.env.MEDIASOUP_WORKER_BIN, workerBinary(userCacheDir(), version)];

/** The real worker that set-up has fetched or built, or undefined. */
export const workerBin = candidates.find((file) => file !== undefined && existsSync(file));

if (!workerBin) console.warn('Skipped: no mediasoup worker here; `npm start` or `npm test` sets it up.');

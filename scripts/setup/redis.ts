import { findRedis } from '../database/findRedis.ts';
import { canInstallPackages, installPackages } from './apt.ts';
import type { Step } from './step.ts';

const SKIPPED = 'tests with Redis are skipped; install it, or set REDIS_URL or SEGUE_REDIS_SERVER=<program>';

/** Redis's program for the tests, which start servers of their own with it. */
export const redisStep: Step = {
  name: 'redis',
  async run(host) {
    const found = findRedis(host.env);
    if (found) return { state: 'ready', note: found, env: { SEGUE_REDIS_SERVER: found } };
    if (host.env.REDIS_URL) return { state: 'ready', note: 'the one at REDIS_URL' };
    if (!canInstallPackages()) return { state: 'missing', note: `no Redis found: ${SKIPPED}` };
    const failure = await installPackages(['redis-server'], 'for the tests; it is not started as a service');
    const installed = findRedis(host.env);
    if (!installed) return { state: 'missing', note: `no Redis (${failure ?? 'not found'}): ${SKIPPED}` };
    return { state: 'made', note: installed, env: { SEGUE_REDIS_SERVER: installed } };
  },
};

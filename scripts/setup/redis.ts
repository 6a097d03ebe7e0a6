import { findRedis } from '../database/findRedis.ts';
import { obtainProgram } from './program.ts';
import type { Step } from './step.ts';

/** Redis's program for the tests, which start servers of their own with it. */
export const redisStep: Step = {
  name: 'redis',
  async run({ env }) {
    const find = () => findRedis(env);
    if (!find() && env.REDIS_URL) return { state: 'ready', note: 'the one at REDIS_URL' };
    return await obtainProgram({
      title: 'Redis',
      packages: ['redis-server'],
      reason: 'for the tests; it is not started as a service',
      variable: 'SEGUE_REDIS_SERVER',
      find,
      skipped: 'tests with Redis are skipped; install it, or set REDIS_URL or SEGUE_REDIS_SERVER=<program>',
    });
  },
};

import { findRedis } from '../../scripts/database/findRedis.ts';
import { type RedisServer, startRedis } from '../../scripts/database/redisServer.ts';

/** Why tests with Redis do not run; null where they do. */
export const redisMissing =
  process.env.REDIS_URL || findRedis() ? null : 'Redis is not installed (npm run setup installs it)';
if (redisMissing) console.warn(`Tests with Redis are skipped: ${redisMissing}.`);

/** Why tests that stop and freeze Redis do not run; null where they do. */
export const ownRedisMissing = findRedis() ? null : 'Redis is not installed (npm run setup installs it)';
if (ownRedisMissing && !redisMissing) {
  console.warn(
    `Tests that stop Redis are skipped: ${ownRedisMissing}, and the given one is not theirs to stop.`,
  );
}

/** The Redis of these tests: one that is started here, else that of REDIS_URL. */
export async function openRedis(): Promise<Pick<RedisServer, 'url' | 'close'>> {
  if (findRedis()) return startRedis();
  return { url: process.env.REDIS_URL ?? '', close: async () => {} };
}

import { startCluster as startPostgres } from '../../../scripts/database/cluster.ts';
import { findPostgres } from '../../../scripts/database/findPostgres.ts';
import { type RedisServer, startRedis } from '../../../scripts/database/redisServer.ts';
import { ownRedisMissing } from '../../fakes/redisServers.ts';
import { openStage, type Stage } from '../stage.ts';

/** Why there can be no cluster on this machine; null where there can. */
export const clusterMissing = findPostgres() ? ownRedisMissing : 'PostgreSQL is not installed';
if (clusterMissing && !ownRedisMissing) console.warn(`Tests of two servers are skipped: ${clusterMissing}.`);

export const CHANNEL_KEY = 'the channel key of the cluster';

/** Two servers with one PostgreSQL and one Redis, all processes of their own that a test may stop. */
export type TestCluster = {
  readonly servers: [Stage, Stage];
  readonly redis: RedisServer;
  readonly postgres: Awaited<ReturnType<typeof startPostgres>>;
  readonly env: NodeJS.ProcessEnv;
  close(): Promise<void>;
};

export async function openCluster(env: NodeJS.ProcessEnv = {}): Promise<TestCluster> {
  const postgres = await startPostgres();
  const redis = await startRedis();
  const shared = {
    DATABASE_URL: await postgres.create('segue'),
    REDIS_URL: redis.url,
    SEGUE_SESSION_SECRET: 'a secret that both servers of the test know',
    SEGUE_DEMO_IDENTITY_SECRET: 'an identity secret that both shops of the test know',
    SEGUE_DEMO_CHANNEL_KEY: CHANNEL_KEY,
    ...env,
  };
  const opened: Stage[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((stage) => stage.close()));
    await Promise.all([redis.close(), postgres.close()]);
  };
  try {
    // One after the other: two that load their models at once take longer than both.
    for (let n = 0; n < 2; n += 1) opened.push(await openStage(shared));
  } catch (error) {
    await close();
    throw error;
  }
  return { servers: opened as [Stage, Stage], redis, postgres, env: shared, close };
}

type Readiness = { ready: boolean; parts: Record<string, { ok: boolean; detail?: string }> };

/** 200 where the machine has all that a call by voice needs, with whatever is gone beside that. */
export function statusOf({ parts }: Readiness): number {
  return ['media', 'stt', 'tts'].every((part) => parts[part]?.ok) ? 200 : 503;
}

export async function readiness(stage: Stage): Promise<{ status: number } & Readiness> {
  const response = await fetch(`${stage.server}/readyz`);
  return { status: response.status, ...((await response.json()) as Readiness) };
}

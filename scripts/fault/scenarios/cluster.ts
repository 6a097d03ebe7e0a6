import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Cluster, startCluster } from '../../database/cluster.ts';
import { findPostgres } from '../../database/findPostgres.ts';
import { findRedis } from '../../database/findRedis.ts';
import { type RedisServer, startRedis } from '../../database/redisServer.ts';
import { type Break, BrokenCall } from '../brokenCall.ts';
import { relayPath } from '../path.ts';
import { QUESTIONS } from '../questions.ts';
import type { FaultRun, Scenario } from '../scenario.ts';
import { ServerPair } from '../serverPair.ts';
import type { FaultStage } from '../stage.ts';
import { onStage } from './onStage.ts';

const GONE_MS = 30_000;
const HEALTHY_LIMIT_MS = 15_000;

type Shared = { postgres: Cluster; redis: RedisServer };

const missing = (): string | null => {
  if (!findPostgres()) return 'PostgreSQL is not installed (npm run setup installs it)';
  return findRedis() ? null : 'Redis is not installed (npm run setup installs it)';
};

/** Servers behind a balancer that share one PostgreSQL and one Redis; calls begin on the first. */
async function onCluster(
  servers: number,
  run: (stage: FaultStage, shared: Shared) => Promise<FaultRun>,
): Promise<FaultRun> {
  const [postgres, redis] = await Promise.all([startCluster(), startRedis()]);
  try {
    const env = {
      DATABASE_URL: await postgres.create('segue'),
      REDIS_URL: redis.url,
      SEGUE_SESSION_SECRET: randomBytes(32).toString('base64url'),
    };
    return await onStage({ path: relayPath(), servers, env }, (stage) => run(stage, { postgres, redis }));
  } finally {
    await redis.close();
    await postgres.close();
  }
}

/** What happens to several servers, and to what they share. */
export const CLUSTER: readonly Scenario[] = [
  {
    name: 'takeover',
    about: 'kill -9 of one of two servers: its call goes on on the other',
    limitMs: 5_000,
    missing,
    run: (context) =>
      onCluster(2, async (stage) => {
        const pair = new ServerPair(stage);
        return (await BrokenCall.begin(stage)).run(
          {
            async fault() {
              const fromMs = Date.now();
              await pair.end('SIGKILL');
              return fromMs;
            },
            recoveryLimitMs: 30_000,
            between: () => pair.startAgain(),
          },
          context,
        );
      }),
  },
  {
    name: 'hand-over',
    about:
      'SIGTERM to one of two servers: it takes no new calls, and its call ends there or goes on on the other',
    limitMs: 5_000,
    missing,
    run: (context) =>
      onCluster(2, async (stage) => {
        const pair = new ServerPair(stage);
        return (await BrokenCall.begin(stage)).run(
          {
            async fault({ notes }) {
              const fromMs = Date.now();
              void pair.end('SIGTERM').then(() => notes.push(`it ended after ${Date.now() - fromMs} ms`));
              return fromMs;
            },
            recoveryLimitMs: 30_000,
            between: () => pair.startAgain(),
          },
          context,
        );
      }),
  },
  {
    name: 'redis-gone',
    about: `Redis is gone for ${GONE_MS / 1000} s: calls go on`,
    limitMs: 1_000,
    missing,
    run: (context) =>
      onCluster(1, async (stage, { redis }) =>
        (await BrokenCall.begin(stage)).run(
          outage(
            () => redis.stop(),
            () => redis.start(),
          ),
          context,
        ),
      ),
  },
  {
    name: 'postgres-gone',
    about: `PostgreSQL is gone for ${GONE_MS / 1000} s: calls go on, and what was acknowledged is kept`,
    limitMs: 1_000,
    missing,
    run: (context) =>
      onCluster(1, async (stage, { postgres }) =>
        (await BrokenCall.begin(stage)).run(
          outage(
            () => postgres.stop(),
            () => postgres.start(),
          ),
          context,
        ),
      ),
  },
];

/** The call goes on without it, health says so meanwhile; once it is back all is well again, and the call still goes on. */
function outage(stop: () => Promise<void>, start: () => Promise<void>): Break {
  let back: Promise<void> = Promise.resolve();
  const healed = async ({ stage, visitor }: BrokenCall) => {
    await back;
    const well = async () => (isWell(await stage.server.read('/readyz')) ? true : null);
    await visitor.until(well, HEALTHY_LIMIT_MS, 'good health');
  };
  return {
    async fault({ stage, notes }) {
      const atMs = Date.now();
      await stop();
      back = pause(GONE_MS).then(start);
      // Whoever waits for it is told; until then nobody does.
      back.catch(() => {});
      void pause(GONE_MS / 3).then(async () => {
        const health = await stage.server.read('/readyz').catch(() => null);
        notes.push(`health meanwhile: ${JSON.stringify(health)?.slice(0, 300)}`);
      });
      return atMs;
    },
    between: healed,
    async afterwards(call) {
      await healed(call);
      await call.ask(QUESTIONS.praise);
    },
  };
}

function isWell(health: unknown): boolean {
  const { parts } = health as { parts: Record<string, { ok: boolean }> };
  return Object.values(parts).every(({ ok }) => ok);
}

import { z } from 'zod';
import type { Clock } from '../../shared/clock.ts';
import { newId } from '../../shared/ids.ts';
import type { Bus } from '../bus/bus.ts';
import { MemoryBus } from '../bus/engines/memory.ts';
import { RedisBus } from '../bus/engines/redis.ts';
import { checkRedisUrl } from '../bus/engines/redisLink.ts';
import { RedisSocketAdapter } from '../bus/engines/socketAdapter.ts';
import { Presence } from '../bus/presence.ts';
import type { Continued } from '../channels/messageThreads.ts';
import type { Config } from '../config.ts';
import type { Pipes } from '../media/pipes.ts';
import type { Log } from '../telemetry/log.ts';
import { openPipes } from './pipes.ts';

/** A Redis that is not there does not keep the server from starting: the others are joined when it comes. */
const START_LIMIT_MS = 2_000;

export type Cluster = {
  bus: Bus;
  presence: Presence;
  /** The lines to rooms of other servers. */
  pipes: Pipes;
  /** What joins the sockets of all servers; null for a single one. */
  sockets: RedisSocketAdapter | null;
  /** For /readyz; null for a single server. */
  state(): { ok: boolean; detail: string } | null;
  close(): Promise<void>;
};

/** Joins the other servers at REDIS_URL; without one the server is alone. Throws CONFIG_INVALID. */
export async function openCluster(
  config: Pick<Config, 'redisUrl' | 'host' | 'rtc'>,
  { clock, log }: { clock: Clock; log: Log },
): Promise<Cluster> {
  const { redisUrl } = config;
  const node = newId('node');
  const onTrouble = (error: unknown, topic: string): void =>
    log.warn({ err: error, topic }, 'a message of another server failed');
  if (redisUrl === undefined)
    return clusterOn(new MemoryBus({ node, clock, onTrouble }), null, config, clock);
  checkRedisUrl(redisUrl);
  const bus = new RedisBus({ url: redisUrl, node, clock, onTrouble });
  bus.on('state', (state) => log.warn({ node, state }, 'the bus between the servers changed'));
  await bus.ready(START_LIMIT_MS);
  return clusterOn(bus, new RedisSocketAdapter({ url: redisUrl, clock }), config, clock);
}

function clusterOn(
  bus: Bus,
  sockets: RedisSocketAdapter | null,
  config: Pick<Config, 'host' | 'rtc'>,
  clock: Clock,
): Cluster {
  const presence = new Presence({ bus, clock });
  const pipes = openPipes(config, { bus, presence });
  return {
    bus,
    presence,
    pipes,
    sockets,
    state() {
      if (!sockets) return null;
      if (bus.state() === 'degraded')
        return { ok: false, detail: 'Redis does not answer; the other servers are not heard.' };
      const others = presence.others().length;
      return { ok: true, detail: `${others} other ${others === 1 ? 'server' : 'servers'}.` };
    },
    async close() {
      pipes.close();
      presence.close();
      sockets?.close();
      await bus.close();
    },
  };
}

const site = z.string().max(200);
const name = z.string().max(500);

const changedSystems = z.object({
  site,
  operations: z.array(name).max(1_000).nullable(),
  customerId: name.nullable(),
});
const continued = z.object({ site, sessionId: name, customerId: name.nullable() });
const people = z.array(name).max(1_000);
const attempted = z.object({ site, customerId: name, attempt: z.enum(['failure', 'code']) });

export type ChangedSystems = z.infer<typeof changedSystems>;
export type Attempted = z.infer<typeof attempted>;

/** What happens on one server and concerns the others. */
export type News = {
  systemsChanged(change: ChangedSystems): void;
  /** A visitor goes on in a call: their threads of messages end, on whichever server they are. */
  continuedByCall(contact: Continued): void;
  /** Something was written down of these people: who remembers them reads it anew. */
  peopleTouched(ids: readonly string[]): void;
  peopleErased(ids: readonly string[]): void;
  /** Somebody tried to prove that they are this customer: what is tried is limited over all servers. */
  attempted(attempt: Attempted): void;
};

/** Tells the others, and hears them by `here`. No name, word or fact of a visitor is in it: ids only. */
export function shareNews(bus: Bus, here: News): News {
  bus.subscribe('systems.changed', changedSystems, (change) => here.systemsChanged(change));
  bus.subscribe('contact.continued', continued, (contact) => here.continuedByCall(contact));
  bus.subscribe('people.touched', people, (ids) => here.peopleTouched(ids));
  bus.subscribe('people.erased', people, (ids) => here.peopleErased(ids));
  bus.subscribe('verification.attempted', attempted, (attempt) => here.attempted(attempt));
  return {
    systemsChanged: (change) => bus.publish('systems.changed', { ...change }),
    continuedByCall: (contact) => bus.publish('contact.continued', { ...contact }),
    peopleTouched: (ids) => bus.publish('people.touched', [...ids]),
    peopleErased: (ids) => bus.publish('people.erased', [...ids]),
    attempted: (attempt) => bus.publish('verification.attempted', { ...attempt }),
  };
}

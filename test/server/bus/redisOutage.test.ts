import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type RedisServer, startRedis } from '../../../scripts/database/redisServer.ts';
import { RedisBus } from '../../../server/bus/engines/redis.ts';
import { systemClock } from '../../../shared/clock.ts';
import { ownRedisMissing } from '../../fakes/redisServers.ts';
import { soon } from '../../fakes/soon.ts';

/** Detection takes two limits of a command at most. */
const LIMIT_MS = 15_000;

describe.skipIf(ownRedisMissing)('a bus whose Redis goes and comes back', () => {
  let server: RedisServer;
  const buses: RedisBus[] = [];
  beforeEach(async () => {
    server = await startRedis();
  });
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
    await server.close();
  });
  const open = async (node: string): Promise<{ bus: RedisBus; heard: unknown[] }> => {
    const bus = new RedisBus({ url: server.url, node, clock: systemClock });
    buses.push(bus);
    const heard: unknown[] = [];
    bus.subscribe('news', z.json(), (message) => heard.push(message));
    await bus.ready(10_000);
    return { bus, heard };
  };

  test('killed and started again, empty: it says so, fails questions at once, and tells later what was published', async () => {
    const [one, two] = [await open('one'), await open('two')];
    one.bus.publish('news', 'before');
    await soon(() => expect(two.heard).toEqual(['before']));
    await server.stop();
    await soon(() => expect([one.bus.state(), two.bus.state()]).toEqual(['degraded', 'degraded']), LIMIT_MS);
    for (let n = 0; n < 1_200; n++) one.bus.publish('news', n);
    await expect(one.bus.request('two', 'any', null, 60_000)).rejects.toMatchObject({
      code: 'NODE_UNREACHABLE',
    });
    await server.start();
    await soon(() => expect([one.bus.state(), two.bus.state()]).toEqual(['ok', 'ok']), LIMIT_MS);
    const latest = Array.from({ length: 1_000 }, (_, n) => n + 200);
    await soon(() => expect(two.heard).toEqual(['before', ...latest]), LIMIT_MS);
    expect(one.heard).toEqual([]);
  });

  test('frozen: it is noticed by its silence, and nothing is told twice afterwards', async () => {
    const [one, two] = [await open('one'), await open('two')];
    server.freeze();
    for (let n = 0; n < 20; n++) one.bus.publish('news', n);
    await soon(() => expect([one.bus.state(), two.bus.state()]).toEqual(['degraded', 'degraded']), LIMIT_MS);
    one.bus.publish('news', 'last');
    server.thaw();
    await soon(() => expect(two.heard.at(-1)).toBe('last'), LIMIT_MS);
    expect(two.heard).toEqual([...Array.from({ length: 20 }, (_, n) => n), 'last']);
    await soon(() => expect([one.bus.state(), two.bus.state()]).toEqual(['ok', 'ok']), LIMIT_MS);
  });

  test('not there at the start: it is joined when it comes', async () => {
    await server.stop();
    const bus = new RedisBus({ url: server.url, node: 'early', clock: systemClock });
    buses.push(bus);
    await bus.ready(50);
    expect(bus.state()).toBe('degraded');
    await server.start();
    await soon(() => expect(bus.state()).toBe('ok'), LIMIT_MS);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Bus } from '../../server/bus/bus.ts';
import { MemoryBus, type MemoryHub } from '../../server/bus/engines/memory.ts';
import { RedisBus } from '../../server/bus/engines/redis.ts';
import { systemClock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import { openRedis, redisMissing } from '../fakes/redisServers.ts';
import { soon } from '../fakes/soon.ts';

type Open = () => Promise<Bus>;

function contract(name: string, openHere: () => Promise<Open>): void {
  describe(`the bus: ${name}`, () => {
    let make: Open;
    const opened: Bus[] = [];
    beforeAll(async () => {
      make = await openHere();
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((bus) => bus.close()));
    });
    const open = async (count: number): Promise<Bus[]> => {
      const buses = await Promise.all(Array.from({ length: count }, () => make()));
      opened.push(...buses);
      return buses;
    };
    const collect = (bus: Bus, topic: string): unknown[] => {
      const heard: unknown[] = [];
      bus.subscribe(topic, z.json(), (message) => heard.push(message));
      return heard;
    };

    test('what one publishes, the others hear in order, and it does not hear itself', async () => {
      const [one, two, three] = (await open(3)) as [Bus, Bus, Bus];
      const heard = [one, two, three].map((bus) => collect(bus, 'news'));
      for (let n = 0; n < 300; n++) one.publish('news', { n });
      two.publish('other', 'unheard');
      const all = Array.from({ length: 300 }, (_, n) => ({ n }));
      await soon(() => {
        expect(heard[1]).toEqual(all);
        expect(heard[2]).toEqual(all);
      });
      expect(heard[0]).toEqual([]);
    });

    test('says who published, and is silent to whom has unsubscribed', async () => {
      const [one, two] = (await open(2)) as [Bus, Bus];
      const from: string[] = [];
      const off = two.subscribe('news', z.string(), (_, node) => from.push(node));
      one.publish('news', 'first');
      await soon(() => expect(from).toEqual([one.node]));
      off();
      const later = collect(two, 'later');
      one.publish('news', 'second');
      one.publish('later', 'done');
      await soon(() => expect(later).toEqual(['done']));
      expect(from).toHaveLength(1);
    });

    test('drops what has another shape, and outlives a listener that throws', async () => {
      const [one, two] = (await open(2)) as [Bus, Bus];
      const heard: number[] = [];
      two.subscribe('count', z.number(), () => {
        throw new Error('a fault of a listener');
      });
      two.subscribe('count', z.number(), (n) => heard.push(n));
      one.publish('count', 'many');
      one.publish('count', 2);
      await soon(() => expect(heard).toEqual([2]));
    });

    test('one server answers what it is asked', async () => {
      const [one, two, three] = (await open(3)) as [Bus, Bus, Bus];
      const question = z.object({ n: z.number() });
      two.answer('double', question, async ({ n }, from) => ({ n: n * 2, from }));
      three.answer('double', question, async () => 'not asked');
      expect(await one.request(two.node, 'double', { n: 21 }, 5_000)).toEqual({ n: 42, from: one.node });
    });

    test('an error of the answerer is the asker’s', async () => {
      const [one, two] = (await open(2)) as [Bus, Bus];
      two.answer('call', z.json(), async () => {
        throw new SegueError('CALL_UNKNOWN', 'with a detail that stays');
      });
      await expect(one.request(two.node, 'call', null, 5_000)).rejects.toMatchObject({
        code: 'CALL_UNKNOWN',
      });
      await expect(one.request(two.node, 'nothing', null, 5_000)).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
      two.answer('strict', z.number(), async () => null);
      await expect(one.request(two.node, 'strict', 'text', 5_000)).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      });
    });

    test('a server that is not there, or does not answer, costs the limit at most', async () => {
      const [one, two] = (await open(2)) as [Bus, Bus];
      two.answer('never', z.json(), () => new Promise(() => {}));
      await expect(one.request('gone', 'any', null, 50)).rejects.toMatchObject({ code: 'NODE_UNREACHABLE' });
      await expect(one.request(two.node, 'never', null, 50)).rejects.toMatchObject({
        code: 'NODE_UNREACHABLE',
      });
    });

    test('what is asked when the bus closes is given up', async () => {
      const [one, two] = (await open(2)) as [Bus, Bus];
      two.answer('never', z.json(), () => new Promise(() => {}));
      const waiting = expect(one.request(two.node, 'never', null, 60_000)).rejects.toMatchObject({
        code: 'NODE_UNREACHABLE',
      });
      await one.close();
      await waiting;
      one.publish('news', 'after the end');
    });
  });
}

const hub: MemoryHub = new Map();
let count = 0;
const node = (): string => `node${count++}`;

contract('memory', async () => async () => new MemoryBus({ node: node(), clock: systemClock, hub }));

describe.skipIf(redisMissing)('with Redis', () => {
  let server: Awaited<ReturnType<typeof openRedis>>;
  beforeAll(async () => {
    server = await openRedis();
  });
  afterAll(() => server?.close());

  contract('Redis', async () => async () => {
    const bus = new RedisBus({ url: server.url, node: crypto.randomUUID(), clock: systemClock });
    await bus.ready(10_000);
    expect(bus.state()).toBe('ok');
    return bus;
  });
});

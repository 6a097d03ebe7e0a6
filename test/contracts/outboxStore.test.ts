import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SqlOutbox } from '../../server/storage/engines/sqlOutbox.ts';
import type { NewOutboxEntry, OutboxStore } from '../../server/storage/outboxStore.ts';
import {
  openPostgresServer,
  type PostgresServer,
  pglitePlace,
  postgresMissing,
  postgresPlace,
} from '../fakes/databases.ts';
import { MemoryOutboxStore } from '../fakes/outboxStore.ts';

/** What every store of the outbox does. `open` gives an empty one. */
function outboxStoreContract(
  name: string,
  open: () => Promise<{ store: OutboxStore; close(): Promise<void> }>,
) {
  describe(`outbox store: ${name}`, () => {
    let store: OutboxStore;
    let close: () => Promise<void> = async () => {};
    beforeAll(async () => {
      ({ store, close } = await open());
    }, 90_000);
    afterAll(() => close());

    let run = 0;
    let lane = '';
    beforeEach(() => {
      lane = `lane ${++run}`;
    });
    const entry = (key: string, more: Partial<NewOutboxEntry> = {}): NewOutboxEntry => ({
      siteKey: 'shop',
      idempotencyKey: `${lane} ${key}`,
      lane,
      operation: 'tickets.create',
      args: { text: key, nested: { list: [1, null, 'ü'] } },
      customerId: `customer of ${lane}`,
      notedAtMs: 1_000,
      ...more,
    });

    it('keeps an entry as it is, due at once', async () => {
      const added = await store.add(entry('a'));
      expect(added).toMatchObject({
        ...entry('a'),
        state: 'waiting',
        attempts: 0,
        nextAtMs: 1_000,
        leasedUntilMs: null,
        answer: null,
        reason: null,
      });
      const waiting = await store.waiting(1_000);
      expect(waiting.filter((one) => one.lane === lane)).toMatchObject([entry('a')]);
    });

    it('keeps text that no column can hold, in readable form', async () => {
      await store.add(entry('a', { args: { text: 'a\0b\ud800c' } }));
      const waiting = await store.waiting(1_000);
      expect(waiting.find((one) => one.lane === lane)?.args).toMatchObject({
        text: expect.stringMatching(/^a.b.c$/),
      });
    });

    it('answers what it has, when the same key comes again', async () => {
      await store.add(entry('a'));
      await store.end(entry('a'), { state: 'done', answer: { ticket: 'T-1' } }, 2_000);
      const again = await store.add(entry('a', { args: { text: 'other' } }));
      expect(again).toMatchObject({ state: 'done', answer: { ticket: 'T-1' }, args: entry('a').args });
    });

    it('takes the same key for another site as another action', async () => {
      await store.add(entry('a'));
      expect(await store.add(entry('a', { siteKey: 'other', lane: 'other' }))).toMatchObject({
        state: 'waiting',
        siteKey: 'other',
      });
    });

    it('gives a lane’s first entry to one, and the next one only after its end', async () => {
      await store.add(entry('a'));
      await store.add(entry('b'));
      const taken = await Promise.all([1, 2, 3, 4].map(() => store.claim(lane, 1_000, 5_000)));
      expect(taken.filter((one) => one !== null)).toMatchObject([{ idempotencyKey: `${lane} a` }]);
      await store.end(entry('a'), { state: 'refused', reason: 'no' }, 2_000);
      expect(await store.claim(lane, 2_000, 6_000)).toMatchObject({ idempotencyKey: `${lane} b` });
    });

    it('gives an entry again when its lease is over', async () => {
      await store.add(entry('a'));
      await store.claim(lane, 1_000, 5_000);
      expect(await store.claim(lane, 4_999, 9_000)).toBeNull();
      expect(await store.claim(lane, 5_000, 9_000)).toMatchObject({ leasedUntilMs: 9_000 });
    });

    it('passes nothing over: what is not due holds up what comes after it', async () => {
      await store.add(entry('a'));
      await store.add(entry('b'));
      await store.claim(lane, 1_000, 5_000);
      await store.postpone(entry('a'), 1, 8_000);
      expect(await store.claim(lane, 7_999, 9_000)).toBeNull();
      expect(await store.claim(lane, 8_000, 9_000)).toMatchObject({
        idempotencyKey: `${lane} a`,
        attempts: 1,
      });
    });

    it('tells lanes whose first entry is due and taken by nobody, the longest due first', async () => {
      const lanes = async (nowMs: number) =>
        (await store.due(nowMs, 1_000)).filter((one) => one.startsWith(`${lane}:`));
      const added = async (name: string, key: string, notedAtMs: number) =>
        store.add(entry(`${name} ${key}`, { lane: `${lane}:${name}`, notedAtMs }));
      await added('one', 'a', 3_000);
      await added('one', 'b', 1_000);
      await added('other', 'a', 2_000);
      expect(await lanes(2_999)).toEqual([`${lane}:other`]);
      expect(await lanes(3_000)).toEqual([`${lane}:other`, `${lane}:one`]);
      await store.claim(`${lane}:other`, 3_000, 5_000);
      expect(await lanes(4_999)).toEqual([`${lane}:one`]);
      expect(await lanes(5_000)).toEqual([`${lane}:other`, `${lane}:one`]);
      await store.end(entry('one a'), { state: 'done', answer: {} }, 5_000);
      expect(await lanes(5_000)).toEqual([`${lane}:one`, `${lane}:other`]);
      expect(await store.due(5_000, 1)).toHaveLength(1);
    });

    it('tells what waits in pages', async () => {
      const first = await store.add(entry('a'));
      const second = await store.add(entry('b'));
      const behind = await store.waiting(1_000, first.seq);
      expect(behind.map(({ idempotencyKey }) => idempotencyKey)).toEqual([second.idempotencyKey]);
      expect(await store.waiting(1_000, second.seq)).toEqual([]);
    });

    it('keeps the first end', async () => {
      await store.add(entry('a'));
      await store.end(entry('a'), { state: 'done', answer: { ok: true } }, 2_000);
      await store.end(entry('a'), { state: 'dead', reason: 'late' }, 3_000);
      await store.postpone(entry('a'), 9, 9_000);
      expect(await store.add(entry('a'))).toMatchObject({
        state: 'done',
        answer: { ok: true },
        reason: null,
      });
      expect((await store.waiting(1_000)).filter((one) => one.lane === lane)).toEqual([]);
    });

    it('adds one entry when the same is added many times at once', async () => {
      await Promise.all(Array.from({ length: 10 }, () => store.add(entry('a'))));
      expect((await store.waiting(1_000)).filter((one) => one.lane === lane)).toHaveLength(1);
    });

    it('forgets one customer, and nobody else', async () => {
      await store.add(entry('a'));
      await store.add(entry('b', { customerId: 'somebody else' }));
      await store.end(entry('a'), { state: 'dead', reason: 'x' }, 2_000);
      expect(await store.erase('shop', `customer of ${lane}`)).toBe(1);
      expect(await store.erase('shop', `customer of ${lane}`)).toBe(0);
      const left = (await store.waiting(1_000)).filter((one) => one.lane === lane);
      expect(left).toMatchObject([{ customerId: 'somebody else' }]);
    });

    it('removes what ended long ago, and nothing that waits', async () => {
      await store.add(entry('a'));
      await store.add(entry('b'));
      await store.add(entry('c'));
      await store.end(entry('a'), { state: 'done', answer: {} }, 2_000);
      await store.end(entry('b'), { state: 'done', answer: {} }, 900_000_000);
      await store.purge(3_000_000);
      expect(await store.add(entry('a'))).toMatchObject({ state: 'waiting' });
      expect(await store.add(entry('b'))).toMatchObject({ state: 'done' });
      expect(await store.add(entry('c'))).toMatchObject({ state: 'waiting' });
    });
  });
}

outboxStoreContract('memory', async () => ({ store: new MemoryOutboxStore(), close: async () => {} }));

outboxStoreContract('PGlite', async () => {
  const place = pglitePlace();
  const database = await place.open();
  return {
    store: new SqlOutbox(database),
    async close() {
      await database.close();
      await place.remove();
    },
  };
});

describe.skipIf(postgresMissing)('with a real PostgreSQL:', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await openPostgresServer();
  }, 60_000);
  afterAll(() => server.close());
  outboxStoreContract('PostgreSQL', async () => {
    const place = await postgresPlace(server.url);
    const database = await place.open();
    return {
      store: new SqlOutbox(database),
      async close() {
        await database.close();
        await place.remove();
      },
    };
  });
});

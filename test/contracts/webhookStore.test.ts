import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../server/storage/database.ts';
import { SqlWebhookStore } from '../../server/storage/engines/sqlWebhooks.ts';
import type { WebhookKey, WebhookStore } from '../../server/storage/webhookStore.ts';
import {
  type DatabasePlace,
  openPostgresServer,
  type PostgresServer,
  pglitePlace,
  postgresMissing,
  postgresPlace,
} from '../fakes/databases.ts';
import { MemoryWebhookStore } from '../fakes/webhookStore.ts';

function contract(name: string, open: () => Promise<{ store: WebhookStore; close(): Promise<void> }>): void {
  describe(`the store of webhooks: ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let store: WebhookStore;
    let key: WebhookKey;
    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    afterAll(() => opened.close());
    beforeEach(() => {
      key = { site: 'demo', name: `hook-${crypto.randomUUID().slice(0, 8)}` };
    });
    const cursor = async () => (await store.list()).find(({ name: found }) => found === key.name);

    test('a webhook that is not known begins at the ledger’s end, and only then', async () => {
      expect(await store.claim(key, 7, 1_000, 500)).toMatchObject({ ...key, afterSeq: 7, attempts: 0 });
      await store.release(key);
      expect(await store.claim(key, 99, 1_000, 500)).toMatchObject({ afterSeq: 7 });
    });

    test('one at a time, until it is released or its time is over', async () => {
      await store.claim(key, 0, 1_000, 500);
      expect(await store.claim(key, 0, 1_400, 500)).toBeNull();
      expect(await store.claim(key, 0, 1_500, 500)).not.toBeNull();
      await store.release(key);
      expect(await store.claim(key, 0, 1_501, 500)).not.toBeNull();
    });

    test('of many that try at once one has it', async () => {
      const claims = await Promise.all(Array.from({ length: 8 }, () => store.claim(key, 0, 1_000, 500)));
      expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    });

    test('a failure makes it wait; success forgets the failure', async () => {
      await store.claim(key, 3, 1_000, 500);
      await store.fail(key, 1, 2_000, 'It answered 500.');
      expect(await store.claim(key, 3, 1_999, 500)).toBeNull();
      expect(await store.claim(key, 3, 2_000, 500)).toMatchObject({
        attempts: 1,
        problem: 'It answered 500.',
      });
      await store.advance(key, 9, 0);
      expect(await cursor()).toMatchObject({ afterSeq: 9, attempts: 0, problem: null });
    });

    test('one that was given up can be revived; an unknown one cannot', async () => {
      await store.claim(key, 0, 1_000, 500);
      await store.fail(key, 20, Number.MAX_SAFE_INTEGER, 'It answered 500.');
      expect(await store.claim(key, 0, 1e12, 500)).toBeNull();
      expect(await store.revive(key)).toBe(true);
      expect(await store.claim(key, 0, 1_000, 500)).not.toBeNull();
      expect(await store.revive({ site: 'demo', name: 'unknown' })).toBe(false);
    });
  });
}

async function inside(place: DatabasePlace) {
  const database: Database = await place.open();
  return {
    store: new SqlWebhookStore(database),
    async close() {
      await database.close();
      await place.remove();
    },
  };
}

contract('memory', async () => ({ store: new MemoryWebhookStore(), close: async () => {} }));
contract('PGlite', () => inside(pglitePlace()));

describe.skipIf(postgresMissing)('with a real PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await openPostgresServer();
  });
  afterAll(() => server.close());
  contract('PostgreSQL', async () => inside(await postgresPlace(server.url)));
});

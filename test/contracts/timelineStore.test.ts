import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FileTimelineStore } from '../../server/storage/engines/files.ts';
import { SqlTimelines } from '../../server/storage/engines/sqlTimelines.ts';
import type { TimelineStore } from '../../server/storage/timelineStore.ts';
import { systemClock as clock } from '../../shared/clock.ts';
import { newId } from '../../shared/ids.ts';
import type { TimelineEntry } from '../../shared/timeline.ts';
import {
  type DatabasePlace,
  openPostgresServer,
  type PostgresServer,
  pglitePlace,
  postgresMissing,
  postgresPlace,
} from '../fakes/databases.ts';

const entry = (tMs: number): TimelineEntry => ({ tMs, type: 'context.updated', facts: ['cart', 'ü\0'] });
const kept = (tMs: number): TimelineEntry => ({
  ...entry(tMs),
  facts: ['cart', expect.stringMatching(/^ü.$/su)],
});

type Place = {
  /** Another process at the same place. */
  open(): TimelineStore;
  remove(): Promise<void>;
};

/** What every store of timelines does. */
function timelineStoreContract(name: string, openPlace: () => Promise<Place>): void {
  describe(`timelines in ${name}`, () => {
    let place: Place;
    let store: TimelineStore;
    beforeAll(async () => {
      place = await openPlace();
      store = place.open();
    }, 90_000);
    afterAll(async () => {
      await store.close();
      await place.remove();
    });

    test('gives back what was appended, in order, to itself and to a later process', async () => {
      const id = newId('call');
      await Promise.all([store.append(id, [entry(1), entry(2)]), store.append(id, [entry(3)])]);
      expect(await store.read(id)).toEqual([kept(1), kept(2), kept(3)]);
      const later = place.open();
      expect(await later.read(id)).toEqual([kept(1), kept(2), kept(3)]);
      await later.append(id, [entry(4)]);
      expect(await store.read(id)).toHaveLength(4);
      await later.close();
    });

    test('has written everything once it is closed', async () => {
      const id = newId('call');
      const before = place.open();
      void before.append(id, [entry(1)]);
      await before.close();
      expect(await store.read(id)).toEqual([kept(1)]);
    });

    test('puts what is dated back in its place', async () => {
      const id = newId('call');
      await store.append(id, [entry(1), entry(5), entry(3)]);
      expect(await store.read(id)).toEqual([kept(1), kept(3), kept(5)]);
    });

    test('keeps calls apart', async () => {
      const [one, two] = [newId('call'), newId('call')];
      await Promise.all([store.append(one, [entry(1)]), store.append(two, [entry(2)])]);
      expect(await store.read(one)).toEqual([kept(1)]);
      expect(await store.read(two)).toEqual([kept(2)]);
    });

    test('keeps nothing of a call that is erased, not even what comes later', async () => {
      const id = newId('call');
      const before = store.append(id, [entry(1)]);
      await store.erase(id);
      await before;
      await store.append(id, [entry(2)]);
      expect(await store.read(id)).toBeNull();
      await store.erase('../../etc/passwd');
    });

    test('removes what is old, and nothing else', async () => {
      const [old, other] = [newId('call'), newId('call')];
      await store.append(old, [entry(1)]);
      await store.append(other, [entry(2)]);
      await store.remove(old);
      await store.remove(newId('call'));
      await store.remove('../../etc/passwd');
      expect(await store.read(old)).toBeNull();
      expect(await store.read(other)).toEqual([kept(2)]);
    });

    test('knows nothing of an unknown call, nor of a path in place of an id', async () => {
      expect(await store.read(newId('call'))).toBeNull();
      expect(await store.read('../../etc/passwd')).toBeNull();
    });
  });
}

function folder(): Place & { dir: string } {
  const dir = mkdtempSync(join(tmpdir(), 'segue-timelines-'));
  return {
    dir,
    open: () => new FileTimelineStore(join(dir, 'calls')),
    remove: async () => rmSync(dir, { recursive: true }),
  };
}

async function tables(at: DatabasePlace): Promise<Place> {
  const database = await at.open();
  return {
    open: () => new SqlTimelines({ database, clock }),
    async remove() {
      await database.close();
      await at.remove();
    },
  };
}

timelineStoreContract('files', async () => folder());
timelineStoreContract('PGlite', () => tables(pglitePlace()));

test('a line of a file that a crash cut short is left out', async () => {
  const place = folder();
  const store = place.open();
  const id = newId('call');
  await store.append(id, [entry(1)]);
  appendFileSync(join(place.dir, 'calls', `${id}.jsonl`), '{"tMs":2,"ty');
  expect(await store.read(id)).toEqual([kept(1)]);
  await place.remove();
});

describe.skipIf(postgresMissing)('with a real PostgreSQL:', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await openPostgresServer();
  }, 60_000);
  afterAll(() => server.close());
  timelineStoreContract('PostgreSQL', async () => tables(await postgresPlace(server.url)));

  test('what happens while the database is gone is written once it is back, in order', async () => {
    const at = await postgresPlace(server.url);
    const database = await at.open();
    const troubles: boolean[] = [];
    const store = new SqlTimelines({ database, clock, onTrouble: (error) => troubles.push(error !== null) });
    const id = newId('call');
    await store.append(id, [entry(1)]);
    await server.cluster?.stop();
    await store.append(id, [entry(2)]);
    await store.append(id, [entry(3)]);
    await server.cluster?.start();
    await expect
      .poll(() => store.read(id), { timeout: 20_000, interval: 50 })
      .toEqual([kept(1), kept(2), kept(3)]);
    if (server.cluster) expect(troubles).toEqual([true, false]);
    await store.close();
    await database.close();
    await at.remove();
  }, 60_000);
});

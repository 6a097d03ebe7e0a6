import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqlMemories } from '../../server/context/engines/sqlMemories.ts';
import { SqlPeople } from '../../server/context/engines/sqlPeople.ts';
import { Projector } from '../../server/context/memory/projector.ts';
import { recall } from '../../server/context/memory/recall.ts';
import { namingHandle } from '../../server/context/people/people.ts';
import { SqlLedger } from '../../server/ledger/engines/sql.ts';
import type { Database } from '../../server/storage/database.ts';
import { openPglite } from '../../server/storage/engines/pglite.ts';
import { openPostgres } from '../../server/storage/engines/postgres.ts';
import { systemClock } from '../../shared/clock.ts';
import { newId } from '../../shared/ids.ts';
import type { JsonObject } from '../../shared/json.ts';
import { percentile, tenth } from '../call/percentiles.ts';
import { startCluster } from '../database/cluster.ts';
import { findPostgres } from '../database/findPostgres.ts';
import { customerId, fillThreads, SITE } from './fillThreads.ts';
import type { BenchContext, Measurement, Row } from './measurement.ts';

const WHOLE = { rows: 1_000_000, customers: 50_000 } as const;
const QUICK = { rows: 100_000, customers: 5_000 } as const;
const READY_LIMIT_MS = 60_000;
const WARM_UP = 50;
const ASKED = 500;
const YEAR_MS = 365 * 86_400_000;

const REBUILD_LEAST = 20_000;
const LIMIT_MS = { postgres: 30, pglite: 80 } as const;

/** What is remembered of a customer: how soon it is there before a greeting, and how fast it can be drawn anew. */
export const memory: Measurement = {
  name: 'memory',
  title: 'Memory: who is calling, what is remembered, and drawing all of it anew from the ledger',
  async run(context) {
    const rows: Row[] = [];
    const data: JsonObject = {};
    for (const open of [pglite, postgres]) {
      const place = await open();
      if (!place) {
        rows.push({ name: 'PostgreSQL', value: 'not measured: it is not installed' });
        continue;
      }
      try {
        const measured = await measure(place.database, context);
        rows.push(...measured.rows);
        data[place.database.name] = measured.data;
      } finally {
        await place.close();
      }
    }
    return { rows, data };
  },
};

type Place = { database: Database; close(): Promise<void> };

async function pglite(): Promise<Place> {
  const dir = mkdtempSync(join(tmpdir(), 'segue-bench-'));
  const database = await openPglite({ dir, template: null, clock: systemClock });
  return {
    database,
    async close() {
      await database.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function postgres(): Promise<Place | null> {
  if (!findPostgres()) return null;
  const cluster = await startCluster();
  const database = openPostgres(await cluster.create('segue_bench'), systemClock);
  return {
    database,
    async close() {
      await database.close();
      await cluster.close();
    },
  };
}

async function measure(database: Database, { quick, progress }: BenchContext) {
  const { name } = database;
  const size = quick ? QUICK : WHOLE;
  await database.ready(READY_LIMIT_MS);
  const sinceMs = systemClock.epochMs() - YEAR_MS;
  await fillThreads(database, { ...size, sinceMs }, (done) => progress(`${name}: ${done} rows`));
  const ledger = new SqlLedger(database);
  const store = new SqlMemories(database);
  const people = new SqlPeople(database);
  const onTrouble = (error: unknown) => progress(String(error));
  const projector = new Projector({ ledger, store, clock: systemClock, onTrouble, step: 1_000 });
  const startMs = performance.now();
  await projector.rebuild();
  const rebuiltPerS = Math.round((size.rows / (performance.now() - startMs)) * 1_000);
  await projector.close();
  const times: number[] = [];
  for (let asked = -WARM_UP; asked < ASKED; asked++) {
    // Spread over all customers, each once.
    const customer = ((asked + WARM_UP) * 7_919) % size.customers;
    const askedMs = performance.now();
    const { people: ids } = await people.resolve({
      site: SITE,
      handles: [namingHandle('user', customerId(customer), 'signed')],
      freshId: newId('per'),
      freshIdUsed: false,
      atMs: systemClock.epochMs(),
    });
    const { tally } = await recall({ ledger, store }, SITE, ids);
    if (tally.contacts === 0) throw new Error(`Nothing is remembered of customer ${customer}.`);
    if (asked >= 0) times.push(performance.now() - askedMs);
  }
  const p50Ms = tenth(percentile(times, 0.5));
  const p95Ms = tenth(percentile(times, 0.95));
  const limitMs = LIMIT_MS[name];
  const rows: Row[] = [
    { name: `${name}: rehydration p50`, value: `${p50Ms} ms` },
    {
      name: `${name}: rehydration p95, ${size.rows} rows`,
      value: `${p95Ms} ms`,
      limit: `≤ ${limitMs} ms`,
      met: p95Ms <= limitMs,
    },
    {
      name: `${name}: drawn anew`,
      value: `${rebuiltPerS} events/s`,
      limit: `≥ ${REBUILD_LEAST}`,
      met: rebuiltPerS >= REBUILD_LEAST,
    },
  ];
  return { rows, data: { ...size, p50Ms, p95Ms, rebuiltPerS } };
}

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqlLedger } from '../../server/ledger/engines/sql.ts';
import type { Ledger } from '../../server/ledger/ledger.ts';
import { Recorder } from '../../server/ledger/recorder.ts';
import { Spool } from '../../server/ledger/spool.ts';
import type { Database } from '../../server/storage/database.ts';
import { sql } from '../../server/storage/drizzle.ts';
import { openPglite } from '../../server/storage/engines/pglite.ts';
import { openPostgres } from '../../server/storage/engines/postgres.ts';
import { userCacheDir } from '../../shared/cache.ts';
import { systemClock } from '../../shared/clock.ts';
import type { JsonObject } from '../../shared/json.ts';
import { percentile, tenth } from '../call/percentiles.ts';
import { startCluster } from '../database/cluster.ts';
import { findPostgres } from '../database/findPostgres.ts';
import { templateDir } from '../setup/database.ts';
import type { BenchContext, Measurement, Row } from './measurement.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SITE = 'bench';
/** Rows in one statement of the generator. */
const STEP = 20_000;
const WRITES = 20_000;
const READS = 500;
const LATEST = 50;
const SCANNED = 100_000;
const MIN_WRITES = 1_500;

type Size = { rows: number; people: number };
type Place = {
  name: string;
  readLimitMs: number;
  open(dir: string): Promise<{ database: Database; close(): Promise<void> }>;
};

const places: Place[] = [
  {
    name: 'PGlite',
    readLimitMs: 80,
    async open(dir) {
      const template = templateDir(ROOT, userCacheDir());
      const database = await openPglite({ dir: join(dir, 'database'), template, clock: systemClock });
      return { database, close: () => database.close() };
    },
  },
  {
    name: 'PostgreSQL',
    readLimitMs: 30,
    async open() {
      const cluster = await startCluster();
      const database = openPostgres(await cluster.create('bench'), systemClock);
      return {
        database,
        async close() {
          await database.close();
          await cluster.close();
        },
      };
    },
  },
];

/** What the ledger gives and takes when it is full. */
export const ledger: Measurement = {
  name: 'ledger',
  title: 'The ledger, 1,000,000 events of 50,000 customers (--quick: a twentieth)',
  async run(context) {
    const size = context.quick ? { rows: 50_000, people: 2_500 } : { rows: 1_000_000, people: 50_000 };
    const rows: Row[] = [];
    const data: JsonObject = {};
    for (const place of places) {
      if (place.name === 'PostgreSQL' && !findPostgres()) {
        rows.push({ name: place.name, value: 'not installed' });
        continue;
      }
      const measured = await measure(place, size, context);
      rows.push(...measured.rows);
      data[place.name] = measured.data;
    }
    return { rows, data };
  },
};

async function measure(place: Place, size: Size, { progress }: BenchContext) {
  const dir = mkdtempSync(join(tmpdir(), 'segue-bench-ledger-'));
  const { database, close } = await place.open(dir);
  try {
    await database.ready(60_000);
    const ledgerOf = new SqlLedger(database);
    progress(`${place.name}: ${size.rows} events are made`);
    const madeMs = await timed(() => generate(database, size));
    progress(`${place.name}: writes, reads, scan`);
    const perSecond = await writes(ledgerOf, dir);
    const reads = await readLatest(ledgerOf, size);
    const scanned = await scan(ledgerOf, Math.min(SCANNED, size.rows));
    const p95 = percentile(reads, 0.95);
    return {
      rows: [
        {
          name: `${place.name}: durable writes`,
          value: `${Math.round(perSecond)} events/s`,
          limit: `≥ ${MIN_WRITES}`,
          met: perSecond >= MIN_WRITES,
        },
        {
          name: `${place.name}: a customer’s latest ${LATEST}, p95`,
          value: `${tenth(p95)} ms (p50 ${tenth(percentile(reads, 0.5))})`,
          limit: `≤ ${place.readLimitMs} ms`,
          met: p95 <= place.readLimitMs,
        },
        { name: `${place.name}: scan`, value: `${Math.round(scanned)} events/s` },
      ],
      data: { writesPerSecond: perSecond, readP95Ms: p95, scannedPerSecond: scanned, madeMs, ...size },
    };
  } finally {
    await close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Events as calls leave them, some customers with many of them; made inside the database. */
async function generate({ patient }: Database, { rows, people }: Size): Promise<void> {
  for (let from = 0; from < rows; from += STEP) {
    const to = Math.min(from + STEP, rows) - 1;
    await patient.execute(sql`
      INSERT INTO ledger_events
        (id, kind, at_ms, site, person_id, session_id, contact_id, channel, data, personal)
      SELECT 'evt_' || md5('event' || n), (ARRAY['turn.caller', 'turn.assistant', 'intent', 'decision'])[1 + n % 4],
        1750000000000 + n * 1000, ${SITE}, 'per_' || md5('person' || floor(${people} * power(random(), 2))::int),
        'ses_' || md5('session' || n / 40), 'call_' || md5('call' || n / 40), 'voice',
        jsonb_build_object('turnId', n, 'confidence', 0.93, 'language', 'en'),
        jsonb_build_object('text', 'I would like to know when the walnut desk lamp of my order number ' || n || ' comes')
      FROM generate_series(${from}::int, ${to}::int) AS n`);
  }
  await patient.execute(sql`ANALYZE ledger_events`);
}

async function writes(target: Ledger, dir: string): Promise<number> {
  const recorder = new Recorder({ ledger: target, spool: await Spool.open(dir), clock: systemClock });
  const ms = await timed(async () => {
    for (let n = 0; n < WRITES; n++) {
      const personal = { text: 'I would like to know when the walnut desk lamp comes' };
      recorder.record({ kind: 'turn.caller', site: SITE, channel: 'voice', personId: 'per_bench', personal });
      if (n % 1_000 === 0) await recorder.flushed();
    }
    await recorder.flushed();
  });
  const { problem, lost } = recorder.state;
  await recorder.close();
  if (problem !== null || lost > 0) throw new Error(problem ?? `${lost} events were lost`);
  return WRITES / (ms / 1000);
}

async function readLatest(target: Ledger, { people }: Size): Promise<number[]> {
  const times: number[] = [];
  for (let read = 0; read < READS; read++) {
    const hash = createHash('md5')
      .update(`person${(read * 7_919) % people}`)
      .digest('hex');
    const query = { site: SITE, people: [`per_${hash}`], limit: LATEST, newestFirst: true };
    times.push(await timed(() => target.read(query)));
  }
  return times;
}

async function scan(target: Ledger, count: number): Promise<number> {
  let cursor = 0;
  let seen = 0;
  const ms = await timed(async () => {
    while (seen < count) {
      const page = await target.scan(cursor, 1_000);
      seen += page.length;
      cursor = page.at(-1)?.seq ?? Number.MAX_SAFE_INTEGER;
    }
  });
  return seen / (ms / 1000);
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await run();
  return performance.now() - startMs;
}

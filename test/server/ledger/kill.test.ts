import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SqlLedger } from '../../../server/ledger/engines/sql.ts';
import { Recorder } from '../../../server/ledger/recorder.ts';
import { Spool } from '../../../server/ledger/spool.ts';
import { systemClock } from '../../../shared/clock.ts';
import {
  type DatabasePlace,
  openPostgresServer,
  type PostgresServer,
  pglitePlace,
  postgresMissing,
  postgresPlace,
  template,
} from '../../fakes/databases.ts';

const ROUNDS = 6;
const WRITER = join(import.meta.dirname, '../../fixtures/ledger/writer.ts');
const LIMIT_MS = 120_000;

/** Lets a writer work for a moment, kills it and all that it started, and answers what it said was durable. */
async function killWriter(place: DatabasePlace, spool: string, forMs: number): Promise<string[]> {
  const start = JSON.stringify({ ...place.at, spool, template: template() });
  // A group of its own, so that nothing of it can end properly.
  const writer = spawn(process.execPath, [WRITER, start], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let said = '';
  writer.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await first(writer);
  await wait(forMs);
  process.kill(-(writer.pid ?? 0), 'SIGKILL');
  await once(writer, 'close');
  // The last line may be cut.
  return said.split('\n').slice(0, -1);
}

async function first(writer: ChildProcess): Promise<void> {
  const ended = once(writer, 'close').then(() => {
    throw new Error('the writer ended by itself');
  });
  await Promise.race([writer.stdout && once(writer.stdout, 'data'), ended]);
}

function survivesKill(name: string, place: () => Promise<DatabasePlace>): void {
  test(`${name}: what was acknowledged is there after kill -9, once`, { timeout: LIMIT_MS }, async () => {
    const at = await place();
    const spool = mkdtempSync(join(tmpdir(), 'segue-kill-'));
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      acknowledged.push(...(await killWriter(at, spool, 20 + Math.random() * 250)));
    }
    const database = await at.open();
    const ledger = new SqlLedger(database);
    const recorder = new Recorder({ ledger, spool: await Spool.open(spool), clock: systemClock });
    while (recorder.state.spooledBytes > 0) await wait(20);
    const kept: string[] = [];
    for (let cursor = 0; ; ) {
      const page = await ledger.scan(cursor, 1_000);
      if (page.length === 0) break;
      kept.push(...page.map(({ id }) => id));
      cursor = page.at(-1)?.seq ?? cursor;
    }
    expect(acknowledged.length).toBeGreaterThan(ROUNDS);
    expect(new Set(kept).size).toBe(kept.length);
    const there = new Set(kept);
    expect(acknowledged.filter((id) => !there.has(id))).toEqual([]);
    await recorder.close();
    await database.close();
    await at.remove();
    rmSync(spool, { recursive: true });
  });
}

survivesKill('PGlite', async () => pglitePlace());

describe.skipIf(postgresMissing)('with a real PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await openPostgresServer();
  });
  afterAll(() => server.close());
  survivesKill('PostgreSQL', () => postgresPlace(server.url));
});

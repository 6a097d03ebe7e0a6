import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SqlMemories } from '../../../server/context/engines/sqlMemories.ts';
import type { PersonMemory } from '../../../server/context/memory/memory.ts';
import { SqlLedger } from '../../../server/ledger/engines/sql.ts';
import { ledgerEvent } from '../../../server/ledger/event.ts';
import type { Database } from '../../../server/storage/database.ts';
import { sql } from '../../../server/storage/drizzle.ts';
import { openPglite } from '../../../server/storage/engines/pglite.ts';
import { SqlCalls } from '../../../server/storage/engines/sqlCalls.ts';
import { vacuum } from '../../../server/storage/engines/vacuum.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { type DatabasePlace, pglitePlace, template } from '../../fakes/databases.ts';

let at: DatabasePlace;
let database: Database;
beforeEach(async () => {
  at = pglitePlace();
  database = await at.open();
}, 60_000);
afterEach(async () => {
  await database.close();
  await at.remove();
});

const noise = () => randomBytes(30_000).toString('base64');
async function size(table: string): Promise<number> {
  const { rows } = await database.db.execute<{ size: string }>(
    sql`SELECT pg_total_relation_size(${table}::regclass) AS size`,
  );
  return Number(rows[0]?.size);
}
/** As a minute later: what was counted is visible. */
async function aMinuteLater(): Promise<void> {
  await database.db.execute(sql`SELECT pg_stat_force_next_flush()`);
  await vacuum(database);
}

/** Rows that are written over or removed: what one round has taken is taken again by the next. */
async function staysSmall(table: string, round: () => Promise<void>): Promise<void> {
  await round();
  await aMinuteLater();
  const before = await size(table);
  for (let again = 0; again < 2; again += 1) {
    await round();
    await aMinuteLater();
  }
  expect(await size(table)).toBeLessThan(before * 1.5);
}

test('does not grow with every checkpoint', { timeout: 60_000 }, async () => {
  const calls = new SqlCalls(database);
  const call = { id: 'call_1', sessionId: 'ses_1', site: 'shop', owner: 'one', epoch: 1 };
  await staysSmall('calls', async () => {
    for (let count = 0; count < 40; count += 1) {
      await calls.save([{ ...call, checkpoint: { said: noise() } }], 60_000);
    }
  });
});

test('does not grow with every memory that is drawn', { timeout: 60_000 }, async () => {
  const memories = new SqlMemories(database);
  let seq = 0;
  await staysSmall('memories', async () => {
    for (let count = 0; count < 40; count += 1) {
      const memory = { said: noise() } as unknown as PersonMemory;
      await memories.keep([{ site: 'shop', personId: 'per_1', seq, memory }], seq, seq + 1, 1);
      seq += 1;
    }
  });
});

test('does not grow with events that retention has removed', { timeout: 60_000 }, async () => {
  const ledger = new SqlLedger(database);
  await staysSmall('ledger_events', async () => {
    const events = Array.from({ length: 100 }, () =>
      ledgerEvent({ kind: 'intent', site: 'shop', channel: 'voice', personal: { text: noise() } }, 0),
    );
    await ledger.append(events);
    await ledger.remove((await ledger.scan(0, 1_000)).map(({ seq }) => seq));
  });
});

test('is looked after each minute, and not when it is closed', { timeout: 60_000 }, async () => {
  const clock = new FakeClock();
  const other = pglitePlace();
  const dir = 'dir' in other.at ? other.at.dir : '';
  const opened = await openPglite({ dir, template: template(), clock });
  const ready = opened.ready(60_000);
  clock.advance(0);
  await ready;
  const execute = vi.spyOn(opened.db, 'execute');
  clock.advance(60_000);
  expect(execute).toHaveBeenCalledOnce();
  await opened.close();
  expect(clock.pending).toBe(0);
  await other.remove();
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SqlLedger } from '../../../server/ledger/engines/sql.ts';
import { ledgerEvent } from '../../../server/ledger/event.ts';
import { sql } from '../../../server/storage/drizzle.ts';
import { openPostgres } from '../../../server/storage/engines/postgres.ts';
import { LOCKS } from '../../../server/storage/locks.ts';
import { systemClock as clock } from '../../../shared/clock.ts';
import {
  openPostgresServer,
  type PostgresServer,
  postgresMissing,
  postgresPlace,
} from '../../fakes/databases.ts';
import { SilentLine } from '../../fakes/silentLine.ts';

const event = () => ledgerEvent({ kind: 'decision', site: 'demo', channel: 'voice' }, 0);

describe.skipIf(postgresMissing)('with a real PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await openPostgresServer();
  });
  afterAll(() => server.close());

  test('a server that vanishes inside a transaction keeps the others from nothing for long', async () => {
    const at = await postgresPlace(server.url);
    const [vanished, other] = [await at.open(), await at.open()];
    const locked = Promise.withResolvers<void>();
    const goesOn = Promise.withResolvers<void>();
    const silent = vanished.db.transaction(async (tx) => {
      await tx.execute(sql`SELECT pg_advisory_xact_lock(${LOCKS.ledger})`);
      locked.resolve();
      await goesOn.promise;
    });
    const lost = expect(silent).rejects.toThrow();
    await locked.promise;
    const ledger = new SqlLedger(other);
    const fails = await ledger.append([event()]).then(
      () => null,
      (error: unknown) => error,
    );
    expect(fails).toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
    await ledger.append([event()]);
    expect(await ledger.head()).toBeGreaterThan(0);
    goesOn.resolve();
    await lost;
    await Promise.all([vanished.close(), other.close()]);
    await at.remove();
  });

  test('connections that die without a word are left, the idle ones too, and others take their place', async () => {
    const at = await postgresPlace(server.url);
    const url = new URL('url' in at.at ? at.at.url : '');
    const line = await SilentLine.open(Number(url.port));
    url.port = String(line.port);
    const database = openPostgres(url.href, clock);
    await database.ready(20_000);
    const { db } = database;
    await Promise.all([1, 2, 3].map(() => db.execute(sql`SELECT pg_sleep(0.1)`)));
    line.die();
    await expect(db.transaction((tx) => tx.execute(sql`SELECT 1`))).rejects.toThrow('timeout');
    await db.transaction((tx) => tx.execute(sql`SELECT 1`));
    await Promise.all([1, 2, 3].map(() => db.execute(sql`SELECT pg_sleep(0.1)`)));
    await database.close();
    await line.close();
    await at.remove();
  });

  test('what may take long is given its time', async () => {
    const at = await postgresPlace(server.url);
    const database = await at.open();
    await expect(database.db.execute(sql`SELECT pg_sleep(30)`)).rejects.toMatchObject({
      cause: { code: '57014' },
    });
    await database.patient.execute(sql`SELECT pg_sleep(6)`);
    await database.close();
    await at.remove();
  });

  test('a transaction in which something fails leaves nothing, and tells what it was', async () => {
    const at = await postgresPlace(server.url);
    const database = await at.open();
    const broken = database.db.transaction(async (tx) => {
      await tx.execute(sql`CREATE TABLE half (a int)`);
      await tx.execute(sql`SELECT 1 / 0`);
    });
    await expect(broken).rejects.toMatchObject({ cause: { code: '22012' } });
    await expect(database.db.execute(sql`SELECT * FROM half`)).rejects.toThrow('half');
    await database.close();
    await at.remove();
  });
});

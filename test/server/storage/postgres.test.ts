import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SqlLedger } from '../../../server/ledger/engines/sql.ts';
import { ledgerEvent } from '../../../server/ledger/event.ts';
import { sql } from '../../../server/storage/drizzle.ts';
import { LOCKS } from '../../../server/storage/locks.ts';
import {
  openPostgresServer,
  type PostgresServer,
  postgresMissing,
  postgresPlace,
} from '../../fakes/databases.ts';

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
});

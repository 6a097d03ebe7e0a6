import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getTableConfig } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '../../../server/storage/drizzle.ts';
import { migrate } from '../../../server/storage/engines/migrations.ts';
import { openPostgres } from '../../../server/storage/engines/postgres.ts';
import * as callTables from '../../../server/storage/tables/calls.ts';
import * as ledgerTables from '../../../server/storage/tables/ledger.ts';
import * as peopleTables from '../../../server/storage/tables/people.ts';
import * as timelineTables from '../../../server/storage/tables/timelines.ts';
import { systemClock as clock } from '../../../shared/clock.ts';
import {
  type DatabasePlace,
  openPostgresServer,
  type PostgresServer,
  pglitePlace,
  postgresMissing,
  postgresPlace,
} from '../../fakes/databases.ts';

const tables = Object.values({ ...callTables, ...ledgerTables, ...peopleTables, ...timelineTables }).map(
  getTableConfig,
);

type Column = { name: string; type: string; required: boolean };
const byName = (one: { name: string }, other: { name: string }) => one.name.localeCompare(other.name);

function migrated(name: string, place: () => Promise<DatabasePlace>): void {
  test(`${name}: the tables in code are those that the migrations make`, async () => {
    const at = await place();
    const database = await at.open();
    expect(tables.length).toBeGreaterThan(2);
    for (const table of tables) {
      const { rows } = await database.db.execute<Column>(
        sql`SELECT column_name AS name, data_type AS type, is_nullable = 'NO' AS required
            FROM information_schema.columns WHERE table_name = ${table.name}`,
      );
      const inCode = table.columns.map((column) => ({
        name: column.name,
        type: column.getSQLType(),
        required: column.notNull || column.primary,
      }));
      expect({ [table.name]: rows.sort(byName) }).toEqual({ [table.name]: inCode.sort(byName) });
      const indexes = await database.db.execute<{ name: string }>(
        sql`SELECT indexname AS name FROM pg_indexes WHERE tablename = ${table.name}`,
      );
      const made = indexes.rows.map((row) => row.name);
      expect(made).toEqual(expect.arrayContaining(table.indexes.map((index) => index.config.name)));
    }
    await database.close();
    await at.remove();
  });
}

migrated('PGlite', async () => pglitePlace());

describe.skipIf(postgresMissing)('with a real PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await openPostgresServer();
  });
  afterAll(() => server.close());

  migrated('PostgreSQL', () => postgresPlace(server.url));

  test('several servers that start at once migrate once', async () => {
    const at = await postgresPlace(server.url);
    const databases = await Promise.all(Array.from({ length: 4 }, () => at.open()));
    expect(databases.every(({ up }) => up)).toBe(true);
    await Promise.all(databases.map((database) => database.close()));
    await at.remove();
  });

  test('a migration that fails leaves nothing, one that was changed later is refused', async () => {
    const at = await postgresPlace(server.url);
    const pool = new pg.Pool({ connectionString: 'url' in at.at ? at.at.url : '' });
    const client = await pool.connect();
    // Dropping the database may be quicker than the connection's end.
    client.on('error', () => {});
    const folder = mkdtempSync(join(tmpdir(), 'segue-migrations-'));
    writeFileSync(join(folder, '0001_one.sql'), 'CREATE TABLE one (a int);');
    writeFileSync(join(folder, '0002_two.sql'), 'CREATE TABLE two (a nonsense);');
    await expect(migrate(client, folder)).rejects.toThrow(/nonsense/);
    await expect(client.query('SELECT * FROM one')).rejects.toThrow(/one/);
    writeFileSync(join(folder, '0002_two.sql'), 'CREATE TABLE two (a int);');
    await migrate(client, folder);
    await migrate(client, folder);
    writeFileSync(join(folder, '0001_one.sql'), 'CREATE TABLE one (b int);');
    await expect(migrate(client, folder)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    client.release();
    await pool.end();
    await at.remove();
    rmSync(folder, { recursive: true });
  });

  test('a server that comes late is waited for, one that goes is missed', async () => {
    if (!server.cluster) return;
    const at = await postgresPlace(server.url);
    await server.cluster.stop();
    const database = openPostgres('url' in at.at ? at.at.url : '', clock);
    await expect(database.ready(300)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(database.problem).toContain('ECONNREFUSED');
    await server.cluster.start();
    await database.ready(20_000);
    await database.close();
    await at.remove();
  });

  test('an address that is none of PostgreSQL is refused', () => {
    for (const url of ['mysql://x/y', 'nonsense']) {
      expect(() => openPostgres(url, clock)).toThrow(/DATABASE_URL/);
    }
  });
});

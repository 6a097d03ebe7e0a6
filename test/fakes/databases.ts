import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type Cluster, startCluster } from '../../scripts/database/cluster.ts';
import { findPostgres } from '../../scripts/database/findPostgres.ts';
import { templateDir } from '../../scripts/setup/database.ts';
import type { Database } from '../../server/storage/database.ts';
import { openPglite } from '../../server/storage/engines/pglite.ts';
import { openPostgres } from '../../server/storage/engines/postgres.ts';
import { userCacheDir } from '../../shared/cache.ts';
import { systemClock } from '../../shared/clock.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const READY_LIMIT_MS = 60_000;

/** A place where a database can be opened, closed and opened again. */
export type DatabasePlace = {
  readonly name: Database['name'];
  open(): Promise<Database>;
  /** What a process of its own needs to open it: an address or a folder. */
  readonly at: { url: string } | { dir: string };
  remove(): Promise<void>;
};

/** A fresh PGlite folder. */
export function pglitePlace(): DatabasePlace {
  const dir = mkdtempSync(join(tmpdir(), 'segue-pglite-'));
  return {
    name: 'pglite',
    at: { dir },
    async open() {
      return ready(await openPglite({ dir, template: template(), clock: systemClock }));
    },
    async remove() {
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A fresh database of the PostgreSQL at an address. */
export async function postgresPlace(serverUrl: string): Promise<DatabasePlace> {
  const name = `segue_test_${crypto.randomUUID().replaceAll('-', '')}`;
  await administer(serverUrl, `CREATE DATABASE ${name}`);
  const address = new URL(serverUrl);
  address.pathname = name;
  const url = address.href;
  return {
    name: 'postgres',
    at: { url },
    open: () => ready(openPostgres(url, systemClock)),
    remove: () => administer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** Set-up's empty database, which saves seconds; null where set-up did not run. */
export function template(): string | null {
  return templateDir(ROOT, userCacheDir());
}

/** The PostgreSQL of these tests: that of DATABASE_URL, or one that is started here. Null where there is none. */
export type PostgresServer = { url: string; cluster: Cluster | null; close(): Promise<void> };

export const postgresMissing =
  process.env.DATABASE_URL || findPostgres()
    ? null
    : 'PostgreSQL is not installed (npm run setup installs it)';
if (postgresMissing) console.warn(`Tests with PostgreSQL are skipped: ${postgresMissing}.`);

export async function openPostgresServer(): Promise<PostgresServer> {
  const given = process.env.DATABASE_URL;
  if (given) return { url: given, cluster: null, close: async () => {} };
  const cluster = await startCluster();
  return { url: `${cluster.url}/postgres`, cluster, close: () => cluster.close() };
}

async function ready(database: Database): Promise<Database> {
  await database.ready(READY_LIMIT_MS);
  return database;
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

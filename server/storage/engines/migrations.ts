import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PoolClient } from 'pg';
import { SegueError } from '../../../shared/errors.ts';
import { LOCKS } from '../locks.ts';

const FOLDER = join(import.meta.dirname, '..', 'migrations');

type Migration = { name: string; checksum: string; text: string };

/**
 * Brings the database to the newest of `server/storage/migrations/NNNN_name.sql`, in the order of names; several servers
 * may try at once. All or nothing. Rejects with CONFIG_INVALID when a migration was changed after it was applied.
 */
export async function migrate(client: PoolClient, folder = FOLDER): Promise<void> {
  const migrations = await readMigrations(folder);
  await client.query('BEGIN');
  try {
    // Another server's migration may take its time, and so may who uses the tables meanwhile.
    await client.query('SET LOCAL lock_timeout = 0');
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCKS.migrations]);
    await client.query(
      'CREATE TABLE IF NOT EXISTS segue_migrations (name text PRIMARY KEY, checksum text NOT NULL)',
    );
    const { rows } = await client.query<{ name: string; checksum: string }>(
      'SELECT name, checksum FROM segue_migrations',
    );
    const applied = new Map(rows.map(({ name, checksum }) => [name, checksum]));
    for (const { name, checksum, text } of migrations) {
      const before = applied.get(name);
      if (before !== undefined && before !== checksum) {
        throw new SegueError('CONFIG_INVALID', `The migration ${name} was changed after it was applied.`);
      }
      if (before !== undefined) continue;
      await client.query(text);
      await client.query('INSERT INTO segue_migrations VALUES ($1, $2)', [name, checksum]);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8');
      return { name, text, checksum: createHash('sha256').update(text).digest('hex') };
    }),
  );
}

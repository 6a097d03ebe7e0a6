import type { Database } from '../database.ts';
import { sql } from '../drizzle.ts';

/**
 * Gives back what rows that were changed or removed have taken, by the rule of PostgreSQL's autovacuum. PGlite has no
 * process for that, and its files would only grow. A table at a time: between two of them others have the connection.
 */
export async function vacuum({ db }: Pick<Database, 'db'>): Promise<void> {
  const { rows } = await db.execute<{ name: string }>(sql`
    SELECT DISTINCT tables.relname AS name
    FROM pg_class tables
    JOIN pg_stat_all_tables rows ON rows.relid IN (tables.oid, tables.reltoastrelid)
    WHERE tables.relnamespace = 'public'::regnamespace AND rows.n_dead_tup > 50 + rows.n_live_tup / 5`);
  for (const { name } of rows) await db.execute(sql`VACUUM ${sql.identifier(name)}`);
}

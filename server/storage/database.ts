import type { NodePgDatabase } from './drizzle.ts';

/** Drizzle over node-postgres: the same for PostgreSQL and for the embedded PGlite, which speaks its protocol. */
export type Statements = Omit<NodePgDatabase, 'transaction'>;

export type Sql = Statements & {
  transaction<Value>(work: (tx: Statements) => Promise<Value>): Promise<Value>;
};

/**
 * Port: the one database, migrated. PGlite has a single connection: inside `db.transaction(async (tx) => …)` use `tx`
 * only (`db` would wait for itself), and keep transactions short.
 */
export type Database = {
  readonly name: 'postgres' | 'pglite';
  readonly db: Sql;
  /** The same database for what may take half a minute; `db` gives up after some seconds. */
  readonly patient: Sql;
  /** False while the database is gone; it is tried again by itself. */
  readonly up: boolean;
  /** Why it is not up, in words for the operator. */
  readonly problem: string | null;
  /** Resolves when the database is there and migrated; rejects with DATABASE_UNAVAILABLE after `limitMs`. */
  ready(limitMs: number): Promise<void>;
  close(): Promise<void>;
};

import type { Clock } from '../../../shared/clock.ts';
import { SegueError } from '../../../shared/errors.ts';
import type { Database } from '../database.ts';
import { PooledDatabase } from './pooled.ts';

const CONNECTIONS = 8;
/** A server that vanishes inside a transaction must not keep its locks from the others; ours take milliseconds. */
const STILL_LIMIT_MS = 5_000;
/** Who waits longer for a lock holds a connection that others need. */
const LOCK_LIMIT_MS = 3_000;

/** PostgreSQL at an address such as `postgres://user:password@host/database`. Throws CONFIG_INVALID for another shape. */
export function openPostgres(url: string, clock: Clock): Database {
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) {
    throw new SegueError('CONFIG_INVALID', 'DATABASE_URL must begin with postgres://.');
  }
  const config = {
    connectionString: url,
    max: CONNECTIONS,
    application_name: 'segue',
    connectionTimeoutMillis: 5_000,
    idle_in_transaction_session_timeout: STILL_LIMIT_MS,
    lock_timeout: LOCK_LIMIT_MS,
    statement_timeout: 30_000,
    query_timeout: 35_000,
    keepAlive: true,
  };
  return new PooledDatabase('postgres', config, clock);
}

import type { Clock } from '../../../shared/clock.ts';
import { SegueError } from '../../../shared/errors.ts';
import type { Database } from '../database.ts';
import { PooledDatabase } from './pooled.ts';

const CONNECTIONS = 8;
const PATIENT_CONNECTIONS = 2;
/** A server that vanishes inside a transaction must not keep its locks from the others; ours take milliseconds. */
const STILL_LIMIT_MS = 5_000;
/** Who waits longer for a lock holds a connection that others need. */
const LOCK_LIMIT_MS = 3_000;
/** The server itself ends what takes too long; a connection on which not even that is told is dead. */
const STATEMENT_LIMIT_MS = 4_000;
const SILENCE_MS = 5_000;
const PATIENT_STATEMENT_LIMIT_MS = 30_000;
const PATIENT_SILENCE_MS = 35_000;

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
    statement_timeout: STATEMENT_LIMIT_MS,
    query_timeout: SILENCE_MS,
    keepAlive: true,
  };
  const patient = {
    ...config,
    max: PATIENT_CONNECTIONS,
    statement_timeout: PATIENT_STATEMENT_LIMIT_MS,
    query_timeout: PATIENT_SILENCE_MS,
  };
  return new PooledDatabase({ name: 'postgres', config, patient, clock });
}

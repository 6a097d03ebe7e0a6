import { Pool, type PoolClient, type PoolConfig } from 'pg';
import type { Clock, TimerHandle } from '../../../shared/clock.ts';
import { SegueError } from '../../../shared/errors.ts';
import type { Database, Sql, Statements } from '../database.ts';
import { drizzle } from '../drizzle.ts';
import { migrate } from './migrations.ts';

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 2_000;
const HEARTBEAT_MS = 5_000;

/** A pool of connections that is migrated once and then watched; whoever uses it learns that it is gone, and back. */
export class PooledDatabase implements Database {
  readonly name: Database['name'];
  readonly db: Sql;
  readonly patient: Sql;
  readonly #pool: Pool;
  readonly #patientPool: Pool;
  readonly #clock: Clock;
  readonly #onSilent: () => void;
  #problem: string | null = 'It is being opened.';
  #fatal: SegueError | null = null;
  #migrated = false;
  #retryMs = FIRST_RETRY_MS;
  #timer: TimerHandle | null = null;
  #checking = false;
  #closed = false;
  #waiting: (() => void)[] = [];

  constructor(parts: {
    name: Database['name'];
    config: PoolConfig;
    /** Of the connections for what may take long; without it they are the same. */
    patient?: PoolConfig;
    clock: Clock;
    /** Called when a connection accepts questions and answers none. */
    onSilent?: () => void;
  }) {
    this.name = parts.name;
    this.#clock = parts.clock;
    this.#onSilent = parts.onSilent ?? (() => {});
    this.#pool = this.#open(parts.config);
    this.#patientPool = parts.patient ? this.#open(parts.patient) : this.#pool;
    this.db = statementsOf(this.#pool);
    this.patient = statementsOf(this.#patientPool);
    this.#checkAfter(0);
  }

  get up(): boolean {
    return this.#problem === null;
  }

  get problem(): string | null {
    return this.#problem;
  }

  async ready(limitMs: number): Promise<void> {
    const limit = Promise.withResolvers<void>();
    const timer = this.#clock.after(limitMs, limit.resolve);
    const changed = Promise.withResolvers<void>();
    if (!this.up && !this.#fatal && !this.#closed) {
      this.#waiting.push(changed.resolve);
      await Promise.race([changed.promise, limit.promise]);
    }
    timer.cancel();
    if (this.#fatal) throw this.#fatal;
    if (!this.up) throw new SegueError('DATABASE_UNAVAILABLE', this.#problem ?? undefined);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#problem = 'It is closed.';
    this.#timer?.cancel();
    this.#tellWaiting();
    await Promise.all([...new Set([this.#pool, this.#patientPool])].map((pool) => pool.end()));
  }

  #open(config: PoolConfig): Pool {
    const pool = new Pool(config);
    pool.on('error', (error) => {
      this.#problem = reasonOf(error);
      this.#checkAfter(0);
    });
    // A connection that breaks while somebody uses it tells its user; without a listener it would end the process, too.
    pool.on('connect', (client) => client.on('error', () => {}));
    pool.on('release', (error) => {
      if (isSilence(error)) leaveIdle(pool);
    });
    return pool;
  }

  #checkAfter(delayMs: number): void {
    if (this.#closed || this.#fatal) return;
    this.#timer?.cancel();
    this.#timer = this.#clock.after(delayMs, () => void this.#check());
  }

  async #check(): Promise<void> {
    if (this.#checking) return;
    this.#checking = true;
    try {
      await this.#visit();
      this.#problem = this.#closed ? this.#problem : null;
      this.#retryMs = FIRST_RETRY_MS;
      this.#tellWaiting();
      this.#checkAfter(HEARTBEAT_MS);
    } catch (error) {
      this.#problem = this.#closed ? this.#problem : reasonOf(error);
      if (error instanceof SegueError) {
        this.#fatal = error;
        this.#tellWaiting();
      }
      if (this.#migrated && isSilence(error)) this.#onSilent();
      this.#checkAfter(this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
    } finally {
      this.#checking = false;
    }
  }

  async #visit(): Promise<void> {
    if (this.#migrated) await using(this.#pool, (client) => client.query('SELECT 1'));
    else await using(this.#patientPool, (client) => migrate(client));
    this.#migrated = true;
  }

  #tellWaiting(): void {
    for (const tell of this.#waiting.splice(0)) tell();
  }
}

function statementsOf(pool: Pool): Sql {
  const db: Statements = drizzle(pool);
  return Object.assign(db, {
    transaction: <Value>(work: (tx: Statements) => Promise<Value>) =>
      using(pool, async (client) => {
        await client.query('BEGIN');
        const value = await work(drizzle(client));
        await client.query('COMMIT');
        return value;
      }),
  });
}

/**
 * Lends a connection. One on which something failed is not used again: it may be silent or in the middle of something, and
 * its end undoes what was begun. To wait for a ROLLBACK on it would be to wait for what does not answer.
 */
async function using<Value>(pool: Pool, work: (client: PoolClient) => Promise<Value>): Promise<Value> {
  const client = await pool.connect();
  try {
    const value = await work(client);
    client.release();
    return value;
  } catch (error) {
    client.release(error instanceof Error ? error : true);
    throw error;
  }
}

/** Connections that rest may have died with the one that is silent, and nobody should have to find out one by one. */
function leaveIdle(pool: Pool): void {
  for (let left = pool.idleCount; left > 0; left -= 1) {
    pool.connect().then(
      (client) => client.release(true),
      () => {},
    );
  }
}

/** No text of the database: it may quote what somebody said. */
function reasonOf(error: unknown): string {
  if (error instanceof SegueError) return error.message;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? `The database answers ${code}.` : 'The database does not answer.';
}

/** What the driver itself says; what the server says has a code. */
function isSilence(thrown: unknown): boolean {
  let error = thrown;
  while (error instanceof Error && error.cause !== undefined) error = error.cause;
  return error instanceof Error && !('code' in error) && /timeout/i.test(error.message);
}

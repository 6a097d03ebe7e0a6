import { Pool, type PoolConfig } from 'pg';
import type { Clock, TimerHandle } from '../../../shared/clock.ts';
import { SegueError } from '../../../shared/errors.ts';
import type { Database, Sql } from '../database.ts';
import { drizzle } from '../drizzle.ts';
import { migrate } from './migrations.ts';

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 2_000;
const HEARTBEAT_MS = 5_000;

/** A pool of connections that is migrated once and then watched; whoever uses it learns that it is gone, and back. */
export class PooledDatabase implements Database {
  readonly name: Database['name'];
  readonly db: Sql;
  readonly #pool: Pool;
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

  /** `onSilent` is called when a connection accepts questions and answers none. */
  constructor(name: Database['name'], config: PoolConfig, clock: Clock, onSilent: () => void = () => {}) {
    this.name = name;
    this.#clock = clock;
    this.#onSilent = onSilent;
    this.#pool = new Pool(config);
    this.#pool.on('error', (error) => {
      this.#problem = reasonOf(error);
      this.#checkAfter(0);
    });
    // A connection that breaks while somebody uses it tells its user; without a listener it would end the process, too.
    this.#pool.on('connect', (client) => client.on('error', () => {}));
    this.db = drizzle(this.#pool);
    this.db.transaction = (work, config) => this.#transaction(work, config);
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
    await this.#pool.end();
  }

  /**
   * Drizzle's own keeps a connection for ever whose BEGIN fails. One that broke, or that was left in the middle of
   * something, is not used again.
   */
  async #transaction<Value>(
    ...[work, config]: Parameters<typeof this.db.transaction<Value>>
  ): Promise<Value> {
    const client = await this.#pool.connect();
    let broken = true;
    try {
      const value = await drizzle(client).transaction(work, config);
      broken = false;
      return value;
    } finally {
      client.release(broken);
    }
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
    const client = await this.#pool.connect();
    let broken = true;
    try {
      if (!this.#migrated) await migrate(client);
      else await client.query('SELECT 1');
      this.#migrated = true;
      broken = false;
    } finally {
      client.release(broken);
    }
  }

  #tellWaiting(): void {
    for (const tell of this.#waiting.splice(0)) tell();
  }
}

/** No text of the database: it may quote what somebody said. */
function reasonOf(error: unknown): string {
  if (error instanceof SegueError) return error.message;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? `The database answers ${code}.` : 'The database does not answer.';
}

function isSilence(error: unknown): boolean {
  return error instanceof Error && /timeout/i.test(error.message);
}

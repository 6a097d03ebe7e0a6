import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, TimerHandle } from '../../../shared/clock.ts';
import { type ErrorCode, SegueError } from '../../../shared/errors.ts';
import type { Database } from '../database.ts';
import type { PgliteAnswer, PgliteStart } from './pgliteProcess.ts';
import { PooledDatabase } from './pooled.ts';
import { vacuum } from './vacuum.ts';

const SCRIPT = new URL('./pgliteProcess.ts', import.meta.url);
const LOCK_LIMIT_MS = 5_000;
const FIRST_RESTART_MS = 100;
const LONGEST_RESTART_MS = 10_000;
const STOP_LIMIT_MS = 5_000;
/** A statement of the embedded database that takes longer is one that will not end. */
const SILENCE_MS = 60_000;
const VACUUM_EVERY_MS = 60_000;

export type PgliteOptions = {
  /** Where the database lives; made when it is not there. */
  dir: string;
  /** A fresh database to copy at the first start, or null. */
  template: string | null;
  clock: Clock;
  /** The process ended by itself and is started again. */
  onDied?: (detail: string) => void;
};

/**
 * PostgreSQL in WebAssembly, in a process of its own: it computes without pause, and a crash of it must not be one of
 * the calls. Rejects with DATABASE_IN_USE when another server has the folder; what else fails is tried again.
 */
export async function openPglite(options: PgliteOptions): Promise<Database> {
  const socketDir = mkdtempSync(join(tmpdir(), 'segue-db-'));
  // node-postgres makes the name of the socket from folder and port.
  const supervised = new PgliteSupervisor(options, join(socketDir, '.s.PGSQL.5432'));
  try {
    await supervised.open();
  } catch (error) {
    rmSync(socketDir, { recursive: true, force: true });
    throw error;
  }
  const database = new PooledDatabase({
    name: 'pglite',
    config: {
      host: socketDir,
      port: 5432,
      user: 'postgres',
      database: 'postgres',
      // It has one connection; questions queue here rather than there.
      max: 1,
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: SILENCE_MS,
      query_timeout: SILENCE_MS,
    },
    clock: options.clock,
    onSilent: () => supervised.abandon(),
  });
  let vacuuming = false;
  const timer = options.clock.every(VACUUM_EVERY_MS, async () => {
    if (vacuuming || !database.up) return;
    vacuuming = true;
    // What could not be done is done in a minute.
    await vacuum(database).catch(() => {});
    vacuuming = false;
  });
  const close = database.close.bind(database);
  database.close = async () => {
    timer.cancel();
    await close();
    await supervised.close();
    rmSync(socketDir, { recursive: true, force: true });
  };
  return database;
}

class PgliteSupervisor {
  readonly #options: PgliteOptions;
  readonly #socket: string;
  #child: ChildProcess | null = null;
  #restartMs = FIRST_RESTART_MS;
  #restart: TimerHandle | null = null;
  #closed = false;

  constructor(options: PgliteOptions, socket: string) {
    this.#options = options;
    this.#socket = socket;
  }

  /** The first start; rejects with DATABASE_IN_USE only. */
  async open(): Promise<void> {
    try {
      await this.#start();
    } catch (thrown) {
      const error = SegueError.from(thrown);
      if (error.code === 'DATABASE_IN_USE') throw error;
      this.#options.onDied?.(error.detail ?? error.code);
      this.#startAgain();
    }
  }

  async #start(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const child = fork(SCRIPT, {
      execArgv: ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child = child;
    let up = false;
    child.on('message', (message: PgliteAnswer) => {
      if (message.type === 'ready') {
        up = true;
        this.#restartMs = FIRST_RESTART_MS;
        resolve();
      } else {
        const code: ErrorCode = message.code === 'DATABASE_IN_USE' ? message.code : 'DATABASE_UNAVAILABLE';
        reject(new SegueError(code, message.detail));
      }
    });
    child.on('error', (error) => {
      // One that never was has no end to wait for.
      if (child.pid === undefined) this.#child = null;
      reject(new SegueError('DATABASE_UNAVAILABLE', error.message));
    });
    child.on('exit', (code, signal) => {
      this.#child = null;
      const detail = `The embedded database ended with ${signal ?? code}.`;
      reject(new SegueError('DATABASE_UNAVAILABLE', detail));
      if (this.#closed || !up) return;
      this.#options.onDied?.(detail);
      this.#startAgain();
    });
    const { dir, template } = this.#options;
    const start: PgliteStart = { dir, template, socket: this.#socket, lockLimitMs: LOCK_LIMIT_MS };
    // Where the system has no more files there is no channel either; the error comes a moment later.
    if (child.connected) child.send(start, () => {});
    return promise;
  }

  /** Ends a process that does not answer any more; it is started again as after a crash. */
  abandon(): void {
    this.#child?.kill('SIGKILL');
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#restart?.cancel();
    const child = this.#child;
    if (!child) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const limit = this.#options.clock.after(STOP_LIMIT_MS, () => child.kill('SIGKILL'));
    child.send('stop', () => {});
    await ended;
    limit.cancel();
  }

  #startAgain(): void {
    this.#restart = this.#options.clock.after(this.#restartMs, () => {
      if (this.#closed) return;
      this.#start().catch(() => {
        if (!this.#closed) this.#startAgain();
      });
    });
    this.#restartMs = Math.min(this.#restartMs * 2, LONGEST_RESTART_MS);
  }
}

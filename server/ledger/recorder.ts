import type { Clock, TimerHandle } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import { type LedgerEvent, ledgerEvent, type NewEvent } from './event.ts';
import type { Ledger } from './ledger.ts';
import type { Spool } from './spool.ts';

/** Events of one moment share a commit. */
const GATHER_MS = 5;
const BATCH = 500;
/** An append that takes longer counts as a lost database; should it succeed all the same, ids keep it from doubling. */
const APPEND_LIMIT_MS = 2_000;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 4_000;
/** Events in memory while neither database nor disk takes them. */
const MAX_QUEUED = 50_000;
const CLOSE_LIMIT_MS = 3_000;

export type RecorderState = {
  /** Events in memory that are not yet durable. */
  queued: number;
  /** Bytes on the disk that wait for the database. */
  spooledBytes: number;
  /** Events that could not be kept at all. */
  lost: number;
  /** Why events do not reach the database; null when they do. */
  problem: string | null;
};

export type RecorderEvents = {
  appended?(events: number, durationMs: number): void;
  /** An event that the ledger cannot hold, or that came while memory and disk were full. */
  lost?(event: LedgerEvent, error: SegueError): void;
  /** The database or the disk failed, or works again (null). */
  trouble?(problem: string | null): void;
};

type Waiter = { until: number; resolve: () => void; reject: (error: SegueError) => void };

/**
 * Writes what happens into the ledger without delaying anybody. While the database is gone, events go to a file on the
 * disk, and from there into the ledger when it is back, in order and once.
 */
export class Recorder {
  readonly #ledger: Ledger;
  readonly #spool: Spool;
  readonly #clock: Clock;
  readonly #tell: RecorderEvents;
  readonly #maxQueued: number;
  #queue: LedgerEvent[] = [];
  /** How many events were ever taken, and how many of them are durable or lost. */
  #taken = 0;
  #settled = 0;
  #lost = 0;
  #waiters: Waiter[] = [];
  #gathering: TimerHandle | null = null;
  #retry: TimerHandle | null = null;
  #retryMs = FIRST_RETRY_MS;
  #running: Promise<void> | null = null;
  /** Something came while the work was ending. */
  #again = false;
  #databaseProblem: string | null = null;
  #diskProblem: string | null = null;
  #closing: Promise<void> | null = null;

  constructor(parts: {
    ledger: Ledger;
    spool: Spool;
    clock: Clock;
    tell?: RecorderEvents;
    maxQueued?: number;
  }) {
    this.#ledger = parts.ledger;
    this.#spool = parts.spool;
    this.#clock = parts.clock;
    this.#tell = parts.tell ?? {};
    this.#maxQueued = parts.maxQueued ?? MAX_QUEUED;
    if (!this.#spool.empty) this.#run();
  }

  /** Takes an event and returns at once. Answers its id. */
  record(event: NewEvent): string {
    const whole = ledgerEvent(event, this.#clock.epochMs());
    this.#taken++;
    if (this.#closing || this.#queue.length >= this.#maxQueued) {
      this.#lose(whole, new SegueError('LEDGER_UNAVAILABLE'));
      return whole.id;
    }
    this.#queue.push(whole);
    if (this.#queue.length >= BATCH) this.#run();
    else this.#gathering ??= this.#clock.after(GATHER_MS, () => this.#run());
    return whole.id;
  }

  /** Resolves when all that was recorded so far is durable; rejects with LEDGER_UNAVAILABLE when it cannot be. */
  flushed(): Promise<void> {
    const until = this.#taken;
    if (this.#settled >= until) return Promise.resolve();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiters.push({ until, resolve, reject });
    this.#run();
    return promise;
  }

  get state(): RecorderState {
    return {
      queued: this.#queue.length,
      spooledBytes: this.#spool.bytes,
      lost: this.#lost,
      problem: this.#diskProblem ?? this.#databaseProblem,
    };
  }

  /** Makes durable what can be, within three seconds. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const limit = this.#clock.after(CLOSE_LIMIT_MS, resolve);
    await Promise.race([this.flushed().catch(() => {}), late]);
    limit.cancel();
    this.#gathering?.cancel();
    this.#retry?.cancel();
    await Promise.race([this.#running, late]);
    for (const { reject } of this.#waiters.splice(0)) reject(new SegueError('LEDGER_UNAVAILABLE'));
    await this.#spool.close();
  }

  #run(): void {
    this.#gathering?.cancel();
    this.#gathering = null;
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = this.#work().finally(() => {
      this.#running = null;
      if (!this.#again) return;
      this.#again = false;
      this.#run();
    });
  }

  async #work(): Promise<void> {
    while (this.#queue.length > 0 || (!this.#spool.empty && !this.#retry)) {
      const direct = this.#spool.empty && !this.#retry;
      const done = direct ? await this.#appendQueue() : await this.#throughSpool();
      if (!done) return;
    }
  }

  /** Answers true: whatever failed, the spool is next. */
  async #appendQueue(): Promise<boolean> {
    const batch = this.#queue.slice(0, BATCH);
    if (await this.#append(batch)) this.#settle(batch.length);
    return true;
  }

  /** New events go behind those that wait; then the oldest go into the ledger. Answers whether to go on. */
  async #throughSpool(): Promise<boolean> {
    if (this.#queue.length > 0) {
      const batch = this.#queue.slice();
      try {
        await this.#spool.append(batch);
        this.#settle(batch.length);
        this.#setProblems(this.#databaseProblem, null);
      } catch (error) {
        this.#setProblems(this.#databaseProblem, `The spool cannot be written: ${reasonOf(error)}.`);
        this.#rejectWaiters();
        if (this.#retry) return false;
        // The disk is full and the ledger may work: what waits on the disk goes first, in order.
        if (this.#spool.empty) return this.#appendQueue();
      }
    }
    if (this.#retry) return true;
    try {
      const events = await this.#spool.read();
      for (let at = 0; at < events.length; at += BATCH) {
        if (!(await this.#append(events.slice(at, at + BATCH)))) return true;
      }
      await this.#spool.drop();
      if (this.#spool.empty) this.#setProblems(this.#databaseProblem, null);
    } catch (error) {
      this.#setProblems(this.#databaseProblem, `The spool cannot be read: ${reasonOf(error)}.`);
      this.#retryLater();
    }
    return true;
  }

  /** Whether the ledger has the events now; what it cannot hold is lost, the rest of a batch is not. */
  async #append(events: readonly LedgerEvent[]): Promise<boolean> {
    const startMs = this.#clock.nowMs();
    try {
      await this.#withinLimit(this.#ledger.append(events));
    } catch (thrown) {
      const error = SegueError.from(thrown);
      if (error.code === 'LEDGER_EVENT_INVALID') return this.#appendSingly(events, error);
      this.#databaseGone(error);
      return false;
    }
    this.#retryMs = FIRST_RETRY_MS;
    // With the database there, and nothing on the disk, nobody needs the disk.
    this.#setProblems(null, this.#spool.empty ? null : this.#diskProblem);
    this.#tell.appended?.(events.length, this.#clock.nowMs() - startMs);
    return true;
  }

  async #appendSingly(events: readonly LedgerEvent[], error: SegueError): Promise<boolean> {
    const [event] = events;
    if (event && events.length === 1) {
      this.#lost++;
      this.#tell.lost?.(event, error);
      return true;
    }
    for (const one of events) if (!(await this.#append([one]))) return false;
    return true;
  }

  #withinLimit(append: Promise<void>): Promise<void> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const limit = this.#clock.after(APPEND_LIMIT_MS, () =>
      reject(new SegueError('LEDGER_UNAVAILABLE', 'It does not answer.')),
    );
    return Promise.race([append, late]).finally(() => limit.cancel());
  }

  #databaseGone(error: SegueError): void {
    this.#setProblems(error.message, this.#diskProblem);
    this.#retryLater();
  }

  #retryLater(): void {
    this.#retry ??= this.#clock.after(this.#retryMs, () => {
      this.#retry = null;
      this.#run();
    });
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
  }

  #setProblems(database: string | null, disk: string | null): void {
    const before = this.state.problem;
    this.#databaseProblem = database;
    this.#diskProblem = disk;
    if (this.state.problem !== before) this.#tell.trouble?.(this.state.problem);
  }

  /** The first events of the queue are durable. */
  #settle(count: number): void {
    this.#queue = this.#queue.slice(count);
    this.#settled += count;
    const done = this.#waiters.filter(({ until }) => until <= this.#settled);
    this.#waiters = this.#waiters.filter(({ until }) => until > this.#settled);
    for (const { resolve } of done) resolve();
  }

  #lose(event: LedgerEvent, error: SegueError): void {
    this.#lost++;
    this.#settled++;
    this.#tell.lost?.(event, error);
  }

  #rejectWaiters(): void {
    for (const { reject } of this.#waiters.splice(0)) {
      reject(new SegueError('LEDGER_UNAVAILABLE', 'Neither database nor disk takes events.'));
    }
  }
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}

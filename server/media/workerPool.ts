import type { Clock, TimerHandle } from '../../shared/clock.ts';
import { systemClock } from '../../shared/clock.ts';
import { Emitter } from '../../shared/emitter.ts';
import { SegueError } from '../../shared/errors.ts';
import type { ListenAddress } from './listenAddress.ts';
import { resolveListenAddress } from './listenAddress.ts';
import type { WorkerUsage } from './pooledWorker.ts';
import { PooledWorker } from './pooledWorker.ts';
import type { Room } from './room.ts';

export type { WorkerUsage } from './pooledWorker.ts';

export type WorkerPoolOptions = {
  /** How many mediasoup processes; one is enough for about 500 callers. */
  workers: number;
  /** Default: MEDIASOUP_WORKER_BIN, else mediasoup's own place. */
  workerBin?: string | undefined;
  /** An IP address of this machine, or a wildcard. */
  listenIp: string;
  /** What browsers are told; an IP address or a host name. */
  announcedAddress?: string | undefined;
  /** Worker i listens on basePort + i, UDP and TCP; 0: any free port. */
  basePort: number;
  clock?: Clock | undefined;
};

export type WorkerPoolEvents = {
  workerStarted: [worker: { index: number; pid: number; port: number }];
  /** `restartInMs` null: it died too often and is given up. `pid` 0: it did not start. */
  workerDied: [worker: { index: number; pid: number; detail: string; restartInMs: number | null }];
};

const DEATHS_WINDOW_MS = 60_000;
const MAX_DEATHS_IN_WINDOW = 5;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 60_000;

type Slot = {
  index: number;
  port: number;
  worker: PooledWorker | null;
  deathsAtMs: number[];
  /** In a row. */
  failedStarts: number;
  timer: TimerHandle | null;
};

/** The media processes of this server: keeps them alive and places each call on the least loaded. */
export class WorkerPool extends Emitter<WorkerPoolEvents> {
  readonly #options: WorkerPoolOptions;
  readonly #clock: Clock;
  readonly #address: ListenAddress;
  readonly #slots: Slot[];
  #closed = false;

  private constructor(options: WorkerPoolOptions, address: ListenAddress) {
    super();
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#address = address;
    this.#slots = Array.from({ length: options.workers }, (_, index) => ({
      index,
      port: options.basePort === 0 ? 0 : options.basePort + index,
      worker: null,
      deathsAtMs: [],
      failedStarts: 0,
      timer: null,
    }));
  }

  /** Throws ADDRESS_UNAVAILABLE, PORT_IN_USE or MEDIA_UNAVAILABLE, each with what is wrong and what to set. */
  static async start(options: WorkerPoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options, resolveListenAddress(options.listenIp, options.announcedAddress));
    try {
      for (const slot of pool.#slots) await pool.#fill(slot);
      return pool;
    } catch (error) {
      pool.close();
      throw error;
    }
  }

  /** Whether a call can be placed now. */
  get available(): boolean {
    return this.#slots.some(({ worker }) => worker !== null);
  }

  /** Rooms that are open. */
  get rooms(): number {
    return this.#slots.reduce((sum, { worker }) => sum + (worker?.load ?? 0), 0);
  }

  get ports(): number[] {
    return this.#slots.map(({ port }) => port);
  }

  /** What browsers are told to connect to. */
  get announcedAddress(): string {
    return this.#address.announcedAddress ?? this.#address.ip;
  }

  /** A room for one call. Rejects with MEDIA_UNAVAILABLE when no worker lives. */
  async createRoom(): Promise<Room> {
    const workers = this.#slots.flatMap(({ worker }) => worker ?? []);
    const first = workers.reduce<PooledWorker | null>(
      (best, worker) => (best === null || worker.load < best.load ? worker : best),
      null,
    );
    if (this.#closed || first === null)
      throw new SegueError('MEDIA_UNAVAILABLE', 'No media worker is running.');
    return await first.createRoom();
  }

  /** For the metrics; a worker that is dying is left out. */
  async usage(): Promise<WorkerUsage[]> {
    const all = await Promise.allSettled(this.#slots.flatMap(({ worker }) => worker?.usage() ?? []));
    return all.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const slot of this.#slots) {
      slot.timer?.cancel();
      slot.worker?.close();
      slot.worker = null;
    }
    this.removeAllListeners();
  }

  async #fill(slot: Slot): Promise<void> {
    const worker = await PooledWorker.start({
      index: slot.index,
      address: this.#address,
      port: slot.port,
      workerBin: this.#options.workerBin,
      clock: this.#clock,
    });
    if (this.#closed) {
      worker.close();
      return;
    }
    slot.worker = worker;
    slot.port = worker.port;
    slot.failedStarts = 0;
    worker.on('closed', (reason, detail) => {
      slot.worker = null;
      if (reason === 'worker-died') this.#replace(slot, worker.pid, detail);
    });
    this.emit('workerStarted', { index: slot.index, pid: worker.pid, port: worker.port });
  }

  /** Starts another after a delay that doubles with each death of the last minute; gives up after five. */
  #replace(slot: Slot, pid: number, detail: string): void {
    const nowMs = this.#clock.nowMs();
    slot.deathsAtMs = [...slot.deathsAtMs.filter((atMs) => nowMs - atMs < DEATHS_WINDOW_MS), nowMs];
    const deaths = slot.deathsAtMs.length;
    const restartInMs =
      deaths > MAX_DEATHS_IN_WINDOW || this.#closed ? null : FIRST_DELAY_MS * 2 ** (deaths - 1);
    this.emit('workerDied', { index: slot.index, pid, detail, restartInMs });
    if (restartInMs !== null) this.#startIn(restartInMs, slot);
  }

  #startIn(delayMs: number, slot: Slot): void {
    slot.timer = this.#clock.after(delayMs, () => {
      slot.timer = null;
      this.#fill(slot).catch((error: unknown) => this.#startAgain(slot, SegueError.from(error)));
    });
  }

  /** What keeps it from starting, as a port that is held, may pass: tried ever more rarely, and never given up. */
  #startAgain(slot: Slot, { message }: SegueError): void {
    if (this.#closed) return;
    slot.failedStarts += 1;
    const restartInMs = Math.min(FIRST_DELAY_MS * 2 ** slot.failedStarts, LONGEST_DELAY_MS);
    this.emit('workerDied', { index: slot.index, pid: 0, detail: message, restartInMs });
    this.#startIn(restartInMs, slot);
  }
}

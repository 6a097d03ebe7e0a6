import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { types } from 'mediasoup';
import { createWorker, workerBin as defaultWorkerBin } from 'mediasoup';
import type { Clock, TimerHandle } from '../../shared/clock.ts';
import { Emitter } from '../../shared/emitter.ts';
import { SegueError } from '../../shared/errors.ts';
import type { ListenAddress } from './listenAddress.ts';
import { claimPort } from './listenAddress.ts';
import type { RoomCloseReason } from './room.ts';
import { Room } from './room.ts';

export type WorkerUsage = {
  index: number;
  pid: number;
  rooms: number;
  /** Processor time since the worker's start. */
  cpuMs: number;
  /** Largest resident set so far. */
  maxRssBytes: number;
};

export type PooledWorkerEvents = { closed: [reason: RoomCloseReason, detail: string] };

/** How often a worker is looked at, and how long it may take to answer. */
const LOOK_EVERY_MS = 500;
const SILENCE_MS = 2_000;

/** One mediasoup process with its one port and the rooms on it; ended when it does not answer. */
export class PooledWorker extends Emitter<PooledWorkerEvents> {
  readonly index: number;
  readonly port: number;
  readonly #worker: types.Worker;
  readonly #server: types.WebRtcServer;
  readonly #rooms = new Set<Room>();
  /** Rooms that are being made count as load, too. */
  #opening = 0;
  readonly #watch: TimerHandle;
  /** Why it was ended by us. */
  #fault: string | null = null;
  #closed = false;

  private constructor(
    index: number,
    port: number,
    worker: types.Worker,
    server: types.WebRtcServer,
    clock: Clock,
  ) {
    super();
    this.index = index;
    this.port = port;
    this.#worker = worker;
    this.#server = server;
    worker.on('died', (error) => this.#end('worker-died', this.#fault ?? error.message));
    worker.observer.on('close', () => {
      if (!worker.died) this.#end('shutdown', 'the process is stopping');
    });
    this.#watch = this.#watchOver(clock);
  }

  /** Throws MEDIA_UNAVAILABLE without a usable binary, PORT_IN_USE or ADDRESS_UNAVAILABLE when it cannot listen. */
  static async start(options: {
    index: number;
    address: ListenAddress;
    /** 0: any that is free. */
    port: number;
    workerBin: string | undefined;
    clock: Clock;
  }): Promise<PooledWorker> {
    const { index, address, clock } = options;
    const binary = options.workerBin ?? process.env.MEDIASOUP_WORKER_BIN ?? defaultWorkerBin;
    await mustBeExecutable(binary);
    const port = await claimPort(address.ip, options.port);
    const worker = await createWorker({ workerBin: binary, logLevel: 'error' }).catch((cause: unknown) => {
      throw new SegueError('MEDIA_UNAVAILABLE', `The mediasoup worker ${binary} does not run.`, { cause });
    });
    // By itself mediasoup closes its workers at the first signal: calls that may finish would be cut off.
    const { onSignal } = worker as unknown as { onSignal?: () => void };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      if (onSignal) process.removeListener(signal, onSignal);
    }
    try {
      const listen = {
        ip: address.ip,
        port,
        ...(address.announcedAddress && { announcedAddress: address.announcedAddress }),
      };
      const server = await worker.createWebRtcServer({
        listenInfos: [
          { protocol: 'udp', ...listen },
          { protocol: 'tcp', ...listen },
        ],
      });
      return new PooledWorker(index, port, worker, server, clock);
    } catch (cause) {
      worker.close();
      throw new SegueError('PORT_IN_USE', `The media worker cannot listen on ${address.ip}:${port}.`, {
        cause,
      });
    }
  }

  get pid(): number {
    return this.#worker.pid;
  }

  get load(): number {
    return this.#rooms.size + this.#opening;
  }

  async createRoom(): Promise<Room> {
    this.#opening += 1;
    try {
      const room = await Room.create(this.#worker, this.#server);
      if (this.#closed) {
        room.close();
        throw new SegueError('MEDIA_UNAVAILABLE', 'The media worker ended.');
      }
      this.#rooms.add(room);
      room.on('closed', () => this.#rooms.delete(room));
      return room;
    } finally {
      this.#opening -= 1;
    }
  }

  async usage(): Promise<WorkerUsage> {
    const usage = await this.#worker.getResourceUsage();
    return {
      index: this.index,
      pid: this.pid,
      rooms: this.#rooms.size,
      cpuMs: usage.ru_utime + usage.ru_stime,
      maxRssBytes: usage.ru_maxrss * 1024,
    };
  }

  close(): void {
    this.#end('asked', 'closed');
    this.#worker.close();
  }

  /** mediasoup waits for an answer for ever, and so would every call on a worker that hangs. */
  #watchOver(clock: Clock): TimerHandle {
    let lookedAtMs = clock.nowMs();
    let heardAtMs = lookedAtMs;
    let asking = false;
    const ask = async (): Promise<void> => {
      asking = true;
      try {
        await this.#worker.getResourceUsage();
        heardAtMs = clock.nowMs();
      } catch {
        this.#kill('its channel is broken');
      }
      asking = false;
    };
    return clock.every(LOOK_EVERY_MS, () => {
      const nowMs = clock.nowMs();
      // When we stood still ourselves, its answer waits to be read.
      if (nowMs - lookedAtMs > 2 * LOOK_EVERY_MS) heardAtMs = nowMs;
      lookedAtMs = nowMs;
      if (nowMs - heardAtMs > SILENCE_MS) this.#kill('it does not answer');
      else if (!asking) void ask();
    });
  }

  #kill(fault: string): void {
    if (this.#closed || this.#fault !== null) return;
    this.#fault = fault;
    try {
      process.kill(this.pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }

  #end(reason: RoomCloseReason, detail: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.cancel();
    for (const room of [...this.#rooms]) room.close(reason);
    this.emit('closed', reason, detail);
    this.removeAllListeners();
  }
}

async function mustBeExecutable(binary: string): Promise<void> {
  try {
    await access(binary, constants.X_OK);
  } catch (cause) {
    throw new SegueError(
      'MEDIA_UNAVAILABLE',
      `There is no mediasoup worker at ${binary}. Run \`npm start\` to set it up, or set MEDIASOUP_WORKER_BIN.`,
      { cause },
    );
  }
}

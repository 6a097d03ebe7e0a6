import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { types } from 'mediasoup';
import { createWorker, workerBin as defaultWorkerBin } from 'mediasoup';
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

/** One mediasoup process with its one port and the rooms on it. */
export class PooledWorker extends Emitter<PooledWorkerEvents> {
  readonly index: number;
  readonly port: number;
  readonly #worker: types.Worker;
  readonly #server: types.WebRtcServer;
  readonly #rooms = new Set<Room>();
  /** Rooms that are being made count as load, too. */
  #opening = 0;
  #closed = false;

  private constructor(index: number, port: number, worker: types.Worker, server: types.WebRtcServer) {
    super();
    this.index = index;
    this.port = port;
    this.#worker = worker;
    this.#server = server;
    worker.on('died', (error) => this.#end('worker-died', error.message));
    worker.observer.on('close', () => {
      if (!worker.died) this.#end('shutdown', 'the process is stopping');
    });
  }

  /** Throws MEDIA_UNAVAILABLE without a usable binary, PORT_IN_USE or ADDRESS_UNAVAILABLE when it cannot listen. */
  static async start(options: {
    index: number;
    address: ListenAddress;
    /** 0: any that is free. */
    port: number;
    workerBin: string | undefined;
  }): Promise<PooledWorker> {
    const { index, address } = options;
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
      return new PooledWorker(index, port, worker, server);
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

  #end(reason: RoomCloseReason, detail: string): void {
    if (this.#closed) return;
    this.#closed = true;
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

import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { WorkerPoolEvents, WorkerPoolOptions } from '../../../server/media/workerPool.ts';
import { WorkerPool } from '../../../server/media/workerPool.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { workerBin } from './worker.ts';

const pools: WorkerPool[] = [];
const start = async (options: Partial<WorkerPoolOptions> = {}) => {
  const pool = await WorkerPool.start({
    workers: 1,
    workerBin,
    listenIp: '127.0.0.1',
    basePort: 0,
    ...options,
  });
  pools.push(pool);
  return pool;
};
const next = <Name extends keyof WorkerPoolEvents>(pool: WorkerPool, name: Name) =>
  new Promise<WorkerPoolEvents[Name][0]>((resolve) =>
    pool.once(name, (...[event]) => resolve(event as never)),
  );

afterEach(() => {
  for (const pool of pools.splice(0)) pool.close();
});

describe('WorkerPool without a usable worker', () => {
  it('names the binary that is missing', async () => {
    await expect(start({ workerBin: '/nowhere/worker' })).rejects.toMatchObject({
      code: 'MEDIA_UNAVAILABLE',
      detail: expect.stringContaining('/nowhere/worker'),
    });
  });

  it('says that a binary does not run', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'segue-worker-'));
    const file = join(dir, 'worker');
    await writeFile(file, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    await expect(start({ workerBin: file })).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE' });
    await rm(dir, { recursive: true });
  });

  it('refuses an address that is not this machine’s before anything starts', async () => {
    await expect(start({ listenIp: '203.0.113.9' })).rejects.toMatchObject({ code: 'ADDRESS_UNAVAILABLE' });
    await expect(start({ listenIp: '0.0.0.0', announcedAddress: 'no host!' })).rejects.toMatchObject({
      code: 'ADDRESS_UNAVAILABLE',
    });
  });
});

describe.skipIf(!workerBin)('WorkerPool with real workers', () => {
  it('listens for UDP and TCP on one port and tells it to the caller', async () => {
    const pool = await start();
    const leg = await (await pool.createRoom()).createCallerLeg();
    const [port] = pool.ports;
    expect(leg.send.iceCandidates.map(({ protocol }) => protocol).sort()).toEqual(['tcp', 'udp']);
    for (const candidate of [...leg.send.iceCandidates, ...leg.recv.iceCandidates]) {
      expect(candidate).toMatchObject({ ip: '127.0.0.1', port });
    }
  });

  it('announces what it is told to', async () => {
    const pool = await start({ listenIp: '0.0.0.0', announcedAddress: 'voice.example.com' });
    const leg = await (await pool.createRoom()).createCallerLeg();
    expect(leg.send.iceCandidates.every(({ address }) => address === 'voice.example.com')).toBe(true);
    expect(pool.announcedAddress).toBe('voice.example.com');
  });

  it('names a port that is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(start({ basePort: port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      detail: expect.stringContaining(String(port)),
    });
    taken.close();
  });

  it('puts each worker on a port of its own and each room on the least loaded', async () => {
    const pool = await start({ workers: 2 });
    expect(new Set(pool.ports).size).toBe(2);
    const rooms = await Promise.all(Array.from({ length: 4 }, () => pool.createRoom()));
    expect((await pool.usage()).map(({ rooms }) => rooms)).toEqual([2, 2]);
    rooms[0]?.close();
    expect(pool.rooms).toBe(3);
    for (const { pid, cpuMs, maxRssBytes } of await pool.usage()) {
      expect(pid).toBeGreaterThan(0);
      expect(cpuMs).toBeGreaterThanOrEqual(0);
      expect(maxRssBytes).toBeGreaterThan(1_000_000);
    }
  });

  it('leaves signals to the process: its workers end when it closes them', async () => {
    const before = process.listenerCount('SIGTERM');
    const pool = await start();
    expect(process.listenerCount('SIGTERM')).toBe(before);
    pool.close();
  });

  it('closes the rooms of a worker that is killed and starts another on the same port', async () => {
    const pool = await start();
    const room = await pool.createRoom();
    const leg = await room.createCallerLeg();
    const [before] = await pool.usage();
    const events: string[] = [];
    room.on('closed', (reason) => events.push(`room ${reason}`));
    leg.on('closed', () => events.push('leg'));
    const died = next(pool, 'workerDied');
    const restarted = next(pool, 'workerStarted');
    process.kill(before!.pid, 'SIGKILL');
    expect(await died).toMatchObject({ index: 0, pid: before!.pid, restartInMs: 100 });
    expect(events).toEqual(['leg', 'room worker-died']);
    expect(pool.available).toBe(false);
    await expect(pool.createRoom()).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE' });
    await expect(leg.ready()).rejects.toMatchObject({ code: 'MEDIA_TRANSPORT_FAILED' });
    room.voice.send(Uint8Array.of(0));
    expect((await restarted).port).toBe(pool.ports[0]);
    expect((await pool.createRoom()).closed).toBe(false);
  });

  it('gives a worker up that dies again and again', async () => {
    const pool = await start();
    const delays: (number | null)[] = [];
    const givenUp = new Promise<void>((resolve) =>
      pool.on('workerDied', ({ restartInMs }) => {
        delays.push(restartInMs);
        if (restartInMs === null) resolve();
      }),
    );
    const kill = async () => process.kill((await pool.usage())[0]!.pid, 'SIGKILL');
    pool.on('workerStarted', () => void kill());
    await kill();
    await givenUp;
    expect(delays).toEqual([100, 200, 400, 800, 1600, null]);
    expect(pool.available).toBe(false);
  });

  it('tries one that does not start ever more rarely, until it does', async () => {
    const clock = new FakeClock();
    const pool = await start({ clock });
    const [port] = pool.ports;
    const died = next(pool, 'workerDied');
    process.kill((await pool.usage())[0]!.pid, 'SIGKILL');
    let restartInMs = (await died).restartInMs ?? 0;
    const inTheWay = createServer().listen(port, '127.0.0.1');
    await once(inTheWay, 'listening');
    const delays: number[] = [];
    for (let start = 0; start < 11; start += 1) {
      const failed = next(pool, 'workerDied');
      clock.advance(restartInMs);
      restartInMs = (await failed).restartInMs ?? 0;
      delays.push(restartInMs);
    }
    expect(delays.slice(0, 3)).toEqual([200, 400, 800]);
    expect(delays.slice(-3)).toEqual([51_200, 60_000, 60_000]);
    expect(pool.available).toBe(false);
    inTheWay.close();
    const restarted = next(pool, 'workerStarted');
    clock.advance(restartInMs);
    expect((await restarted).port).toBe(port);
    expect((await pool.createRoom()).closed).toBe(false);
  });

  it('forgets deaths from which a worker has recovered', async () => {
    const clock = new FakeClock();
    const pool = await start({ clock });
    for (let death = 0; death < 7; death += 1) {
      const died = next(pool, 'workerDied');
      process.kill((await pool.usage())[0]!.pid, 'SIGKILL');
      expect(await died).toMatchObject({ restartInMs: 100 });
      const restarted = next(pool, 'workerStarted');
      clock.advance(100);
      await restarted;
      clock.stall(61_000);
    }
  });

  it('replaces a worker that hangs; what waits for it fails', async () => {
    const clock = new FakeClock();
    const pool = await start({ clock });
    const room = await pool.createRoom();
    const reasons: string[] = [];
    room.on('closed', (reason) => reasons.push(reason));
    const died = next(pool, 'workerDied');
    const restarted = next(pool, 'workerStarted');
    process.kill((await pool.usage())[0]!.pid, 'SIGSTOP');
    const waiting = pool.createRoom().catch((error: unknown) => error);
    clock.advance(2_500);
    expect(await died).toMatchObject({ detail: 'it does not answer', restartInMs: 100 });
    expect(reasons).toEqual(['worker-died']);
    expect(await waiting).toMatchObject({ code: 'MEDIA_TRANSPORT_FAILED' });
    clock.advance(100);
    await restarted;
    expect((await pool.createRoom()).closed).toBe(false);
  });

  it('does not blame a worker for the time in which this process stood still', async () => {
    const clock = new FakeClock();
    const pool = await start({ clock });
    clock.advance(500);
    clock.stall(10_000);
    expect(await pool.usage()).toHaveLength(1);
    clock.advance(2_000);
    expect(await pool.usage()).toHaveLength(1);
  });

  it('replaces a worker to which nothing can be said any more, and sound for it is dropped', async () => {
    const clock = new FakeClock();
    const pool = await start({ clock });
    const room = await pool.createRoom();
    const leg = await room.createCallerLeg();
    const died = next(pool, 'workerDied');
    const opus = { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 };
    const breaking = { codecs: [opus], encodings: [{ ssrc: 1, maxBitrate: 1.5 }] };
    await expect(leg.produce(breaking)).rejects.toMatchObject({ code: 'MEDIA_TRANSPORT_FAILED' });
    await expect(room.createCallerLeg()).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(() => room.voice.send(Uint8Array.of(0))).not.toThrow();
    clock.advance(500);
    expect(await died).toMatchObject({ detail: 'its channel is broken' });
    expect(room.closed).toBe(true);
  });

  it('closes rooms and legs with itself, once', async () => {
    const pool = await start();
    const room = await pool.createRoom();
    const reasons: string[] = [];
    room.on('closed', (reason) => reasons.push(reason));
    pool.close();
    pool.close();
    room.close();
    expect(reasons).toEqual(['asked']);
    await expect(room.createCallerLeg()).rejects.toMatchObject({ code: 'MEDIA_TRANSPORT_FAILED' });
    await expect(pool.createRoom()).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE' });
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type RedisServer, startRedis } from '../../../scripts/database/redisServer.ts';
import { MemoryBus, type MemoryHub } from '../../../server/bus/engines/memory.ts';
import { RedisBus } from '../../../server/bus/engines/redis.ts';
import type { Pipe } from '../../../server/media/pipe.ts';
import { Pipes } from '../../../server/media/pipes.ts';
import type { Room } from '../../../server/media/room.ts';
import { WorkerPool } from '../../../server/media/workerPool.ts';
import { systemClock } from '../../../shared/clock.ts';
import { MediaDevice } from '../../fakes/mediaDevice.ts';
import { ownRedisMissing } from '../../fakes/redisServers.ts';
import { soon } from '../../fakes/soon.ts';
import { workerBin } from './worker.ts';

const LISTEN = { ip: '127.0.0.1' };
const NODE_PROGRAM = new URL('../../fakes/pipeNode.ts', import.meta.url).pathname;
const LIMIT_MS = 15_000;

const startPool = () => WorkerPool.start({ workers: 1, workerBin, listenIp: '127.0.0.1', basePort: 0 });

/** Says packets of one byte until somebody has heard one. */
async function untilHeard(device: MediaDevice, mark: number, listener: MediaDevice): Promise<void> {
  let timestamp = 0;
  await soon(() => {
    timestamp += 960;
    device.say(Uint8Array.of(0xf8, mark), timestamp);
    expect(listener.heard.map(({ payload }) => payload[1])).toContain(mark);
  }, LIMIT_MS);
}

describe.skipIf(!workerBin)('rooms on two media workers', () => {
  const hub: MemoryHub = new Map();
  const pools: WorkerPool[] = [];
  const devices: MediaDevice[] = [];
  let rooms: [Room, Room];
  let pipes: [Pipes, Pipes];
  beforeAll(async () => {
    pools.push(await startPool(), await startPool());
  });
  afterEach(async () => {
    await Promise.all(devices.splice(0).map((device) => device.leave()));
    for (const one of pipes) one.close();
    for (const room of rooms) room.close();
  });
  afterAll(() => {
    for (const pool of pools) pool.close();
  });
  const open = async (): Promise<void> => {
    const buses = ['a', 'b'].map((node) => new MemoryBus({ node, clock: systemClock, hub }));
    pipes = buses.map((bus) => new Pipes({ bus, listen: LISTEN })) as [Pipes, Pipes];
    rooms = (await Promise.all(pools.map((pool) => pool.createRoom()))) as [Room, Room];
    pipes[0].offer('ses_1', rooms[0]);
  };
  const join = async (room: Room, hears?: string): Promise<MediaDevice> => {
    const device = await MediaDevice.join(await room.createCallerLeg(hears));
    devices.push(device);
    return device;
  };

  test('hear each other: the caller on one, an agent on the other, and the assistant', async () => {
    await open();
    const lines: Pipe[] = [];
    rooms[0].on('joined', (line) => lines.push(line));
    const caller = await join(rooms[0]);
    const pipe = await pipes[1].join(rooms[1], { node: 'a', name: 'ses_1' });
    expect(pipe.heard.map(({ role }) => role).sort()).toEqual(['microphone', 'voice']);
    const [microphone, voice] = ['microphone', 'voice'].map(
      (role) => pipe.heard.find((one) => one.role === role)?.producerId,
    );
    const agent = await join(rooms[1], microphone);
    await untilHeard(caller, 1, agent);

    // Back: what the agent produces comes into the caller's room, though the agent came later than the line.
    await soon(() => expect(lines.flatMap(({ heard }) => heard)).toMatchObject([{ role: 'microphone' }]));
    const callersSecond = await join(rooms[0], lines[0]?.heard[0]?.producerId);
    await untilHeard(agent, 2, callersSecond);

    const supervisor = await join(rooms[1], voice);
    await soon(() => {
      rooms[0].voice.send(Uint8Array.of(0xf8, 3));
      expect(supervisor.heard.map(({ payload }) => payload[1])).toContain(3);
    }, LIMIT_MS);
    expect(agent.heard.map(({ payload }) => payload[1])).not.toContain(3);
  });

  test('the line is closed with either room, on both sides', async () => {
    await open();
    const first = await pipes[1].join(rooms[1], { node: 'a', name: 'ses_1' });
    expect([pipes[0].size, pipes[1].size]).toEqual([1, 1]);
    rooms[0].close();
    await soon(() => expect([pipes[0].size, pipes[1].size, first.closed]).toEqual([0, 0, true]));
    await expect(pipes[1].join(rooms[1], { node: 'a', name: 'ses_1' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(pipes[1].size).toBe(0);
  });

  test('what another server says of media is parsed before a worker gets it', async () => {
    await open();
    const other = new MemoryBus({ node: 'c', clock: systemClock, hub });
    const srtpParameters = { cryptoSuite: 'AEAD_AES_256_GCM', keyBase64: '!' };
    const sources = [
      { producerId: 'p', role: 'microphone', rtpParameters: { codecs: [], encodings: [{ ssrc: 1.5 }] } },
    ];
    const end = { ip: '127.0.0.1', port: 9, srtpParameters };
    other.answer('pipe.open', z.unknown(), async () => ({ pipe: 'one', end, sources }));
    await expect(pipes[1].join(rooms[1], { node: 'c', name: 'ses_1' })).rejects.toMatchObject({
      code: 'MEDIA_TRANSPORT_FAILED',
    });
    expect(pipes[1].size).toBe(0);
    const pipe = await pipes[1].join(rooms[1], { node: 'a', name: 'ses_1' });
    expect(pipe.heard).toHaveLength(1);
    await other.close();
  });

  test('a server that is gone takes its lines with it', async () => {
    await open();
    const pipe = await pipes[1].join(rooms[1], { node: 'a', name: 'ses_1' });
    pipes[1].forget('somebody else');
    expect(pipe.closed).toBe(false);
    pipes[1].forget('a');
    expect(pipe.closed).toBe(true);
    await soon(() => expect(pipes[0].size).toBe(0));
  });
});

describe.skipIf(!workerBin || ownRedisMissing)('rooms of two server processes with one Redis', () => {
  let redis: RedisServer;
  let child: ChildProcess;
  let bus: RedisBus;
  let pool: WorkerPool;
  const lines: string[] = [];
  beforeAll(async () => {
    redis = await startRedis();
    pool = await startPool();
    bus = new RedisBus({ url: redis.url, node: 'here', clock: systemClock });
    await bus.ready(10_000);
    child = spawn(process.execPath, [NODE_PROGRAM, redis.url], {
      env: { ...process.env, ...(workerBin && { MEDIASOUP_WORKER_BIN: workerBin }) },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (child.stdout) createInterface(child.stdout).on('line', (line) => lines.push(line));
    await soon(() => expect(lines).toContain('ready'), 30_000);
  });
  afterAll(async () => {
    child?.kill('SIGKILL');
    pool?.close();
    await bus?.close();
    await redis?.close();
  });

  test('RTP of one is received by the other, and back', async () => {
    const pipes = new Pipes({ bus, listen: LISTEN });
    const room = await pool.createRoom();
    const pipe = await pipes.join(room, { node: 'there', name: 'ses_1' });
    const voice = pipe.heard.find(({ role }) => role === 'voice')?.producerId;
    const agent = await MediaDevice.join(await room.createCallerLeg(voice));
    try {
      // There: the assistant of that server says 7 all the time, and tells what it hears of us.
      await soon(() => expect(agent.heard.map(({ payload }) => payload[1])).toContain(7), LIMIT_MS);
      let timestamp = 0;
      await soon(() => {
        timestamp += 960;
        agent.say(Uint8Array.of(0xf8, 9), timestamp);
        expect(lines).toContain('heard 9');
      }, LIMIT_MS);
    } finally {
      await agent.leave();
      room.close();
    }
    await soon(() => expect(lines).toContain('closed'));
    pipes.close();
  });
});

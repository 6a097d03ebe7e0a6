import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { findRedis } from './findRedis.ts';
import { freePort } from './freePort.ts';

const START_LIMIT_MS = 20_000;
/** Tells the server's process id, and ends it when the program that started it is gone: then its input is closed. */
const WITH_PARENT =
  '"$@" >/dev/null & server=$!; echo $server; cat >/dev/null; kill -TERM $server; wait $server';

/** A Redis server of our own that keeps nothing on disk. */
export type RedisServer = {
  readonly url: string;
  /** Stops and starts again, empty and on the same port, as after a crash. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Answers nobody, and goes on where it was. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
};

/** Starts a server on a free port. Rejects when Redis is not installed or does not start. */
export async function startRedis(): Promise<RedisServer> {
  const program = findRedis();
  if (!program) throw new Error('Redis is not installed');
  const dir = mkdtempSync(join(tmpdir(), 'segue-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const settings = { bind: '127.0.0.1', port: String(port), dir, save: '', appendonly: 'no' };
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  let running: { shell: ChildProcess; pid: number } | null = null;
  let closed = false;

  const server: RedisServer = {
    url,
    async start() {
      if (closed) throw new Error('this Redis was closed');
      const shell = spawn('sh', ['-c', WITH_PARENT, 'sh', program, ...flags], {
        cwd: dir,
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      const [line] = (await once(createInterface(shell.stdout), 'line')) as [string];
      running = { shell, pid: Number(line) };
      await answering(url, shell);
    },
    async stop() {
      const stopped = running;
      running = null;
      if (!stopped || stopped.shell.exitCode !== null) return;
      process.kill(stopped.pid, 'SIGKILL');
      stopped.shell.stdin?.end();
      await once(stopped.shell, 'exit');
    },
    freeze() {
      if (running) process.kill(running.pid, 'SIGSTOP');
    },
    thaw() {
      if (running) process.kill(running.pid, 'SIGCONT');
    },
    async close() {
      closed = true;
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  try {
    await server.start();
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}

async function answering(url: string, shell: ChildProcess): Promise<void> {
  const untilMs = performance.now() + START_LIMIT_MS;
  for (;;) {
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.ping();
      return;
    } catch (error) {
      if (performance.now() > untilMs || shell.exitCode !== null) throw error;
      await wait(30);
    } finally {
      client.disconnect();
    }
  }
}

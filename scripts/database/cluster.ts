import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { findPostgres } from './findPostgres.ts';
import { freePort } from './freePort.ts';

const START_LIMIT_MS = 30_000;
/** Ends the server when the program that started it is gone: then its standard input is closed. */
const WITH_PARENT = '"$@" & server=$!; cat >/dev/null; kill -INT $server; wait $server';

/** A PostgreSQL server of our own in a temporary folder. */
export type Cluster = {
  /** Its address without a database's name. */
  readonly url: string;
  /** A fresh, empty database. */
  create(name: string): Promise<string>;
  /** Stops and starts again, as a failure in the middle of work does. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
};

/** Makes and starts a server on a free port. Rejects when PostgreSQL is not installed or does not start. */
export async function startCluster(settings: Record<string, string> = {}): Promise<Cluster> {
  const bin = findPostgres();
  if (!bin) throw new Error('PostgreSQL is not installed');
  const dir = mkdtempSync(join(tmpdir(), 'segue-postgres-'));
  const user = userForServer();
  if (user) chownSync(dir, user.uid, user.gid);
  chmodSync(dir, 0o700);
  const data = join(dir, 'data');
  await promisify(execFile)(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'segue', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'],
    { ...user, cwd: dir },
  );
  const port = await freePort();
  const url = `postgres://segue@127.0.0.1:${port}`;
  const given = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: dir,
    ...settings,
  };
  const flags = Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let server: ChildProcess | null = null;

  const cluster: Cluster = {
    url,
    async create(name) {
      await ask(`${url}/postgres`, `CREATE DATABASE ${name}`);
      return `${url}/${name}`;
    },
    async start() {
      const child = spawn('sh', ['-c', WITH_PARENT, 'sh', join(bin, 'postgres'), '-D', data, ...flags], {
        ...user,
        cwd: dir,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      server = child;
      const untilMs = performance.now() + START_LIMIT_MS;
      for (;;) {
        try {
          return await ask(`${url}/postgres`, 'SELECT 1');
        } catch (error) {
          if (performance.now() > untilMs || child.exitCode !== null) throw error;
          await wait(50);
        }
      }
    },
    async stop() {
      const child = server;
      server = null;
      if (!child || child.exitCode !== null) return;
      child.stdin?.end();
      await once(child, 'exit');
    },
    async close() {
      await cluster.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  try {
    await cluster.start();
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return cluster;
}

async function ask(connectionString: string, statement: string): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** PostgreSQL refuses to run as root: then its own user does, or the one without rights. */
function userForServer(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  const line = ['postgres', 'nobody']
    .map((name) => lines.find((one) => one.startsWith(`${name}:`)))
    .find(Boolean);
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
}

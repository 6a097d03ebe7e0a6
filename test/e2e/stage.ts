import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverFlags } from '../../scripts/tools.ts';
import type { TimelineEntry } from '../../shared/timeline.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const START_LIMIT_MS = 60_000;

/** The server and the demo shop as `npm start` runs them, on free ports, with a data folder of their own. */
export type Stage = {
  readonly server: string;
  readonly shop: string;
  readonly adminKey: string;
  /** All that the process printed. */
  output(): string;
  timeline(callId: string): Promise<TimelineEntry[]>;
  read(path: string): Promise<unknown>;
  /** Ends it as a power cut does; the data folder stays, for `openStage({ SEGUE_DATA_DIR, PORT })`. */
  kill(): Promise<void>;
  /** Asks it to stop as a service manager does; resolves when it has ended, with its exit code. */
  terminate(): Promise<number | null>;
  readonly dataDir: string;
  close(): Promise<void>;
};

export async function openStage(env: NodeJS.ProcessEnv = {}): Promise<Stage> {
  const port = env.PORT ? Number(env.PORT) : await freePortPair();
  const dataDir = env.SEGUE_DATA_DIR ?? mkdtempSync(join(tmpdir(), 'segue-stage-'));
  const adminKey = 'the admin key of the stage';
  const child = spawn(process.execPath, [...serverFlags, 'scripts/start.ts'], {
    cwd: ROOT,
    env: {
      ...process.env,
      PORT: String(port),
      SEGUE_DATA_DIR: dataDir,
      SEGUE_ADMIN_KEY: adminKey,
      SEGUE_LOG_LEVEL: 'warn',
      // What a test leaves running is not waited for.
      SEGUE_DRAIN_MS: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout.on('data', (bytes: Buffer) => {
    printed += bytes.toString();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    printed += bytes.toString();
  });
  const server = `http://127.0.0.1:${port}`;
  const headers = { authorization: `Bearer ${adminKey}` };
  const close = async (): Promise<void> => {
    await stop(child);
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await untilReady(child, () => printed.includes('Demo shop'));
  } catch (error) {
    await close();
    throw new Error(`The server did not start:\n${printed}`, { cause: error });
  }
  return {
    server,
    dataDir,
    kill: () => stop(child, 'SIGKILL'),
    async terminate() {
      await stop(child);
      return child.exitCode;
    },
    shop: `http://127.0.0.1:${port + 1}`,
    adminKey,
    output: () => printed,
    async timeline(callId) {
      const response = await fetch(`${server}/v1/calls/${callId}/timeline`, { headers });
      if (!response.ok) throw new Error(`timeline: ${response.status}`);
      const lines = (await response.text()).trim().split('\n');
      return lines.map((line) => JSON.parse(line) as TimelineEntry);
    },
    read: async (path) => await (await fetch(`${server}${path}`, { headers })).json(),
    close,
  };
}

function untilReady(child: ChildProcess, ready: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error('too slow')), START_LIMIT_MS);
    const look = (): void => {
      if (!ready()) return;
      clearTimeout(limit);
      resolve();
    };
    child.stdout?.on('data', look);
    child.once('exit', (code) => {
      clearTimeout(limit);
      reject(new Error(`ended with ${code}`));
    });
  });
}

function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}

/** A free port whose successor is free too: the shop listens beside the server. */
async function freePortPair(): Promise<number> {
  for (;;) {
    const port = await listenable(0);
    if (port !== null && (await listenable(port + 1)) !== null) return port;
  }
}

function listenable(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null));
    });
  });
}

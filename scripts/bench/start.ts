import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePortPair } from './freePorts.ts';
import { limited, type Measurement } from './measurement.ts';
import { type ProcessFacts, processTree, usage } from './processes.ts';
import { untilReady } from './server.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const LIMIT_MS = 5_000;
const IDLE_LIMIT_MB = 350;
/** After the start's own garbage has gone. */
const SETTLE_MS = 5_000;

/** `npm start` where everything is installed: how soon it takes calls, and what it holds while it waits. */
export const start: Measurement = {
  name: 'start',
  title: 'Second npm start, and the idle server',
  async run({ progress }) {
    const port = await freePortPair();
    const dataDir = await mkdtemp(join(tmpdir(), 'segue-bench-'));
    const startedMs = performance.now();
    // The launcher by itself is what npm runs; npm's own share is about a third of a second.
    const child = spawn('npm', ['start'], {
      cwd: ROOT,
      env: { ...process.env, PORT: String(port), SEGUE_DATA_DIR: dataDir, SEGUE_LOG_LEVEL: 'warn' },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    const exited = once(child, 'exit');
    try {
      await untilReady(`http://127.0.0.1:${port}`, child);
      const readyMs = performance.now() - startedMs;
      progress('idle');
      await pause(SETTLE_MS);
      const { node, worker, database } = usage(serverOf(child.pid ?? 0));
      const totalMb = node.rssMb + worker.rssMb;
      return {
        rows: [
          limited('npm start → ready', readyMs, LIMIT_MS),
          {
            name: 'idle memory: server + demo, media worker',
            value: `${Math.round(totalMb)} MB (node ${Math.round(node.rssMb)}, media worker ${Math.round(worker.rssMb)})`,
            limit: `≤ ${IDLE_LIMIT_MB} MB`,
            met: totalMb <= IDLE_LIMIT_MB,
          },
          {
            name: 'idle memory: server + demo, media worker, database',
            value: `${Math.round(totalMb + database.rssMb)} MB (database ${Math.round(database.rssMb)})`,
          },
        ],
        data: {
          readyMs,
          nodeRssMb: node.rssMb,
          workerRssMb: worker.rssMb,
          databaseRssMb: database.rssMb,
        },
      };
    } finally {
      // One that has ended by itself has said why.
      const runs = child.exitCode === null && child.signalCode === null;
      if (runs && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
      await exited;
      await rm(dataDir, { recursive: true, force: true });
    }
  },
};

/** The server's processes; the launcher that npm started above it is not one of them. */
function serverOf(launcherPid: number): ProcessFacts[] {
  const server = processTree(launcherPid).find(({ command }) => command?.includes('scripts/start.ts'));
  return server ? processTree(server.pid) : [];
}

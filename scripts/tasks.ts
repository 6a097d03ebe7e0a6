import { run } from './launch/children.js';
import { stepLine } from './launch/report.js';
import { chromiumStep } from './setup/chromium.ts';
import { buildClient, clientStep } from './setup/client.ts';
import { compileStep } from './setup/compile.ts';
import { coturnStep } from './setup/coturn.ts';
import { databaseStep } from './setup/database.ts';
import { modelsStep } from './setup/models.ts';
import { postgresStep } from './setup/postgres.ts';
import { redisStep } from './setup/redis.ts';
import type { Host, Step } from './setup/step.ts';
import { workerStep } from './setup/worker/worker.ts';
import { runTests } from './test/run.ts';
import { serverFlags, tools } from './tools.ts';

/**
 * One npm script: what must be there before, and what it does. `run` answers the exit code. `complete`: what a step could
 * not have is a failure.
 */
type Task = { steps: Step[]; complete?: true; run(host: Host, args: string[]): Promise<number> };

const END_WITH_PARENT = import.meta.resolve('./launch/endWithParent.js');

/** Runs programs side by side, each on the terminal itself, until all have ended. */
async function show(host: Host, ...programs: string[][]): Promise<number> {
  const options = { cwd: host.root, env: host.env, show: true };
  const ends = await Promise.all(
    programs.map((args) => run(process.execPath, ['--import', END_WITH_PARENT, ...args], options)),
  );
  return Math.max(...ends.map(({ code }) => code));
}

const server = [workerStep, modelsStep, databaseStep, clientStep, compileStep];
const checks = [...server, chromiumStep, postgresStep, redisStep, coturnStep];

/** Whole folders: threads and playbooks are no imports of the server. */
const watched = ['server', 'shared', 'demo'].map((folder) => `--watch-path=${folder}`);

export const tasks: Record<string, Task> = {
  setup: { steps: checks, run: async () => 0 },
  // What the server alone needs, all of it: for the image of a container.
  prepare: { steps: server, complete: true, run: async () => 0 },
  start: { steps: server, run: (host, args) => show(host, [...serverFlags, 'scripts/start.ts', ...args]) },
  serve: { steps: server, run: (host, args) => show(host, [...serverFlags, 'server/main.ts', ...args]) },
  dev: {
    steps: server,
    run: (host, args) =>
      show(host, [tools.vite, 'build', '--watch'], [...watched, ...serverFlags, 'scripts/start.ts', ...args]),
  },
  test: { steps: checks, run: runTests },
  bench: { steps: server, run: (host, args) => show(host, ['scripts/bench.ts', ...args]) },
  fault: { steps: checks, run: (host, args) => show(host, ['scripts/fault.ts', ...args]) },
  call: { steps: [], run: (host, args) => show(host, ['scripts/call.ts', ...args]) },
  build: {
    steps: [],
    async run(host) {
      const startMs = performance.now();
      const { state, note } = await buildClient(host);
      stepLine(state, 'client', note, performance.now() - startMs);
      return state === 'made' ? 0 : 1;
    },
  },
  typecheck: { steps: [], run: (host, args) => show(host, [tools.tsc, '--noEmit', '-p', '.', ...args]) },
  lint: { steps: [], run: (host, args) => show(host, [tools.biome, 'ci', ...(args.length ? args : ['.'])]) },
  format: {
    steps: [],
    run: (host, args) => show(host, [tools.biome, 'check', '--write', ...(args.length ? args : ['.'])]),
  },
};

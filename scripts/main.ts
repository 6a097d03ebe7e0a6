/** Runs one task of package.json: its set-up steps, then the task itself. Started by run.js. */
import { join } from 'node:path';
import { userCacheDir } from '../shared/cache.ts';
import { Interrupted, superviseChildren } from './launch/children.js';
import { say } from './launch/report.js';
import { type Host, runSteps } from './setup/step.ts';
import { tasks } from './tasks.ts';

const [name = '', ...args] = process.argv.slice(2);
const task = tasks[name];

superviseChildren({ watchParent: true });
if (!task) {
  say(`✗ no task "${name}"; there are ${Object.keys(tasks).join(', ')}`);
  process.exit(2);
}
const host: Host = {
  root: join(import.meta.dirname, '..'),
  cache: userCacheDir(),
  env: {
    // Node keeps what it compiled, types already stripped: a start is quicker, and a thread needs no compiler of its own.
    NODE_COMPILE_CACHE: join(userCacheDir(), 'compiled'),
    // glibc would give each thread a heap of its own and keep what they free.
    MALLOC_ARENA_MAX: '2',
    ...process.env,
  },
  platform: process.platform,
  arch: process.arch,
};
try {
  const { env, missing } = await runSteps(task.steps, host);
  if (task.complete && missing.length > 0) {
    say(`✗ not complete without ${missing.join(', ')}`);
    process.exitCode = 1;
  } else process.exitCode = await task.run({ ...host, env }, args);
} catch (error) {
  if (!(error instanceof Interrupted)) throw error;
  say('  stopped; the next run goes on from here');
  process.exitCode = error.exitCode;
}

/**
 * Loaded into a server before its program: on SIGUSR2 the worker threads whose script is named by SEGUE_FAULT_THREADS (a
 * regular expression) end at once, and so do those that take their place, until the next SIGUSR2.
 */
import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';

const doomed = new RegExp(process.env.SEGUE_FAULT_THREADS ?? '^$');
const running = new Set<threads.Worker>();
let killing = false;

const Native = threads.Worker;
threads.Worker = class extends Native {
  constructor(...args: ConstructorParameters<typeof threads.Worker>) {
    super(...args);
    if (!doomed.test(String(args[0]))) return;
    running.add(this);
    this.once('exit', () => running.delete(this));
    if (killing) void this.terminate();
  }
};
syncBuiltinESMExports();
process.on('SIGUSR2', () => {
  killing = !killing;
  if (killing) for (const worker of running) void worker.terminate();
});

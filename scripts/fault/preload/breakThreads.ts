/**
 * Loaded into a server before its program: from SIGUSR2 to the next SIGUSR2 the worker threads whose script is named by
 * SEGUE_FAULT_THREADS (a regular expression) end at once, and so do those that take their place; or, with
 * SEGUE_FAULT_HOW=stall, they hear nothing of what is asked.
 */
import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';

const named = new RegExp(process.env.SEGUE_FAULT_THREADS ?? '^$');
const stalls = process.env.SEGUE_FAULT_HOW === 'stall';
const running = new Set<threads.Worker>();
let broken = false;

const Native = threads.Worker;
threads.Worker = class extends Native {
  constructor(...args: ConstructorParameters<typeof threads.Worker>) {
    super(...args);
    if (!named.test(String(args[0]))) return;
    running.add(this);
    this.once('exit', () => running.delete(this));
    if (broken && !stalls) void this.terminate();
  }

  override postMessage(...args: Parameters<threads.Worker['postMessage']>): void {
    if (!(broken && stalls && running.has(this))) super.postMessage(...args);
  }
};
syncBuiltinESMExports();
process.on('SIGUSR2', () => {
  broken = !broken;
  if (broken && !stalls) for (const worker of running) void worker.terminate();
});

// Child processes that never outlive this one: signals are passed on, and the children of a parent that
// vanished are stopped.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const KILL_AFTER_MS = 15_000;
const PARENT_CHECK_MS = 1_000;
/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
/** @type {NodeJS.Signals | null} */
let stopping = null;

/** A child was stopped because this process was asked to stop. */
export class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`stopped by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** @param {NodeJS.Signals} signal */
function stop(signal) {
  stopping ??= signal;
  if (running.size === 0) process.exit(new Interrupted(stopping).exitCode);
  for (const child of running) child.kill(signal);
  setTimeout(() => {
    for (const child of running) child.kill('SIGKILL');
  }, KILL_AFTER_MS).unref();
}

/** Passes SIGINT, SIGTERM and SIGHUP on; with `watchParent`, a vanished parent counts as SIGTERM. */
export function superviseChildren({ watchParent = false } = {}) {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => stop(signal));
  }
  if (!watchParent || process.platform === 'win32') return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop('SIGTERM');
  }, PARENT_CHECK_MS);
  timer.unref();
}

/** The signal that asked this process to stop, or null. */
export function stopRequested() {
  return stopping;
}

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, onLine?: (line: string) => void }} [options]
 *   `show` gives the child this process's own stdin, stdout and stderr; otherwise its output is collected
 *   and every line goes to `onLine`.
 * @returns {Promise<{ code: number, output: string }>} a command that cannot be started has code 127
 */
export async function run(command, args, { cwd, env, show = false, onLine } = {}) {
  if (stopping) throw new Interrupted(stopping);
  const child = spawn(command, args, {
    cwd,
    env: env ?? process.env,
    stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    // npm is a .cmd file on Windows, which only a shell can start.
    shell: process.platform === 'win32' && command.endsWith('.cmd'),
  });
  running.add(child);
  let output = '';
  let rest = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      output = (output + text).slice(-200_000);
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine?.(line);
    });
  }
  /** @type {{ code: number, output: string }} */
  const result = await new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 127, output: error.message }));
    child.once('close', (code, signal) => {
      resolve({ code: code ?? 128 + constants.signals[signal ?? 'SIGTERM'], output });
    });
  });
  running.delete(child);
  // A shown child is the task itself: its own exit code tells how it ended.
  if (stopping && !show) throw new Interrupted(stopping);
  return result;
}

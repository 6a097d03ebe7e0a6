// Child processes that never outlive this one: signals are passed on, and the children of a parent that
// vanished are stopped.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { onParentGone } from './parent.js';

// A server lets its calls end (SEGUE_DRAIN_MS, by default 25 s) and then needs a moment.
const KILL_AFTER_MS = 15_000 + (Number(process.env.SEGUE_DRAIN_MS || 25_000) || 0);
// A terminal sends Ctrl-C to its whole process group. In groups of their own, children get it once, from
// us; a second one means "at once" to some of them.
const OWN_GROUP = process.platform !== 'win32';
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

/** @param {import('node:child_process').ChildProcess} child */
function killGroup(child) {
  try {
    if (OWN_GROUP && child.pid) process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** @param {NodeJS.Signals} signal */
function stop(signal) {
  stopping ??= signal;
  if (running.size === 0) process.exit(new Interrupted(stopping).exitCode);
  for (const child of running) child.kill(signal);
  setTimeout(() => {
    for (const child of running) killGroup(child);
  }, KILL_AFTER_MS).unref();
}

/** Passes SIGINT, SIGTERM and SIGHUP on; with `watchParent`, a vanished parent counts as SIGTERM. */
export function superviseChildren({ watchParent = false } = {}) {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => stop(signal));
  }
  if (watchParent) onParentGone(() => stop('SIGTERM'));
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
    detached: OWN_GROUP,
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

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

const children = pathToFileURL(join(import.meta.dirname, '../../../scripts/launch/children.js')).href;

/** A program that supervises a child which prints "ready" and runs until it is stopped. */
const supervisor = (options: string, show: boolean) => `
  import { run, superviseChildren, Interrupted } from ${JSON.stringify(children)};
  superviseChildren(${options});
  const endless = 'process.on("SIGTERM", () => process.exit(7)); console.log("ready"); setInterval(() => {}, 1000)';
  try {
    const { code } = await run(process.execPath, ['-e', endless], { show: ${show}, onLine: console.log });
    process.exitCode = code;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    process.exitCode = error.exitCode;
  }`;

function start(source: string): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function readyLine(program: ChildProcess): Promise<void> {
  if (!program.stdout) throw new Error('no stdout');
  for await (const line of createInterface(program.stdout)) if (line === 'ready') return;
}

describe.skipIf(process.platform === 'win32')('a supervised child', () => {
  it('gets a signal once when the whole group gets it, as from a terminal', async () => {
    const counting = `
      let signals = 0;
      process.on('SIGINT', () => { signals += 1; setTimeout(() => process.exit(signals), 300); });
      console.log('ready');
      setInterval(() => {}, 1000);`;
    const source = supervisor('{}', true).replace("['-e', endless]", () => JSON.stringify(['-e', counting]));
    const program = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    await readyLine(program);
    process.kill(-(program.pid ?? Number.NaN), 'SIGINT');
    expect(await once(program, 'exit')).toEqual([1, null]);
  });

  it('gets the signal, and its own exit code is passed on when it is the task', async () => {
    const program = start(supervisor('{}', true));
    await readyLine(program);
    program.kill('SIGTERM');
    expect(await once(program, 'exit')).toEqual([7, null]);
  });

  it('of the set-up is stopped, and the exit code names the signal', async () => {
    const program = start(supervisor('{}', false));
    await readyLine(program);
    program.kill('SIGTERM');
    expect(await once(program, 'exit')).toEqual([143, null]);
  });

  it('does not outlive a parent that was killed outright', async () => {
    const middle = JSON.stringify(supervisor('{ watchParent: true }', true));
    const outer = start(`
      import { spawn } from 'node:child_process';
      spawn(process.execPath, ['--input-type=module', '-e', ${middle}], { stdio: 'inherit' });`);
    const { stdout } = outer;
    if (!stdout) throw new Error('no stdout');
    // All three hold the pipe's other end; it closes when the last of them is gone.
    const allGone = once(stdout, 'close');
    stdout.on('data', (text) => `${text}`.includes('ready') && outer.kill('SIGKILL'));
    await allGone;
    expect(outer.signalCode).toBe('SIGKILL');
  });
});

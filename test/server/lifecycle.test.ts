import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { soon } from '../fakes/soon.ts';

const LIFECYCLE = new URL('../../server/lifecycle.ts', import.meta.url).href;
/** What runs finishes when a line is written to it. */
const PROGRAM = `
  const { runUntilStopped } = await import(${JSON.stringify(LIFECYCLE)});
  const say = (line) => process.stdout.write(line + '\\n');
  let finished;
  process.stdin.on('data', () => finished());
  await runUntilStopped(async () => ({
    drain: () => new Promise((resolve) => { say('draining'); finished = resolve; }),
    close: async () => say('closed'),
  }), say);
  say('ready');
`;

let child: ChildProcess;
let ended: Promise<unknown[]>;
let printed = '';
beforeEach(async () => {
  printed = '';
  child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdout?.on('data', (bytes: Buffer) => {
    printed += bytes.toString();
  });
  ended = once(child, 'exit');
  await soon(() => expect(printed).toContain('ready'), 15_000);
});
afterEach(() => child.kill('SIGKILL'));

test('SIGTERM lets what runs finish, and then closes', async () => {
  child.kill('SIGTERM');
  await soon(() => expect(printed).toContain('draining'));
  expect(printed).not.toContain('closed');
  child.stdin?.write('finished\n');
  expect((await ended)[0]).toBe(0);
  expect(printed).toContain('closed');
});

test('a second signal ends it at once', async () => {
  child.kill('SIGTERM');
  await soon(() => expect(printed).toContain('draining'));
  child.kill('SIGTERM');
  expect((await ended)[0]).toBe(1);
  expect(printed).not.toContain('closed');
});

test('Ctrl-C waits for nothing', async () => {
  child.kill('SIGINT');
  expect((await ended)[0]).toBe(0);
  expect(printed).toContain('closed');
  expect(printed).not.toContain('draining');
});

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { serverFlags } from '../../../scripts/tools.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const SCRIPT = join(ROOT, 'test/fixtures/records/outboxProcess.ts');

let child: ChildProcess | undefined;
let server: Server | undefined;
let dir: string | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
  server?.closeAllConnections();
  server?.close();
  if (dir) rmSync(dir, { recursive: true, force: true });
});

/** Starts the process; `until` resolves at a line that it prints. */
function start(...args: string[]) {
  child = spawn(process.execPath, [...serverFlags, SCRIPT, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  const looks = new Set<() => void>();
  child.stdout?.on('data', (bytes: Buffer) => {
    printed += bytes.toString();
    for (const look of looks) look();
  });
  return {
    until: (line: string) =>
      new Promise<void>((resolve) => {
        const look = () => printed.includes(line) && resolve();
        looks.add(look);
        look();
      }),
  };
}

describe('an action whose server is killed', () => {
  test('is attempted again by the next server with the same key, after the lease of the dead one', async () => {
    dir = mkdtempSync(join(tmpdir(), 'segue-outbox-'));
    const keys: string[] = [];
    const asked = Promise.withResolvers<void>();
    server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      keys.push((JSON.parse(body) as { idempotencyKey: string }).idempotencyKey);
      asked.resolve();
      // The first server gets no answer, as it is killed meanwhile.
      if (keys.length > 1) {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"ticket":"T-1"}');
      }
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    start(dir, url, '0', 'a');
    await asked.promise;
    const gone = new Promise((resolve) => child?.once('exit', resolve));
    child?.kill('SIGKILL');
    await gone;

    await start(dir, url, '70000').until('a done');
    expect(keys).toEqual(['key of a', 'key of a']);
  }, 120_000);
});

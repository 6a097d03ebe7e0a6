import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findCoturn } from '../../../scripts/fault/findCoturn.ts';
import { openTurnServer, type TurnServer, turnMissing } from '../../../scripts/fault/turnServer.ts';
import { iceServersFor } from '../../../server/media/iceServers.ts';
import { systemClock } from '../../../shared/clock.ts';

/** A peer's channel is bound, or something is refused; what it would do then takes a quarter of a minute. */
const DECIDED = /success: 0x|error \d+/;

const missing = turnMissing();
if (missing) console.warn(`skipped: ${missing}`);

describe.skipIf(missing)('the TURN server that is shipped', () => {
  let server: TurnServer;
  beforeAll(async () => {
    server = await openTurnServer();
  });
  afterAll(() => server?.close());

  /** What coturn's own client tells of an allocation with one peer. */
  function ask(peer: string, ...more: string[]): Promise<string> {
    const { port, secret, url } = server;
    const [turn] = iceServersFor('call', { urls: [url], turnSecret: secret }, systemClock);
    const { username = '', credential = '' } = turn ?? {};
    const program = join(dirname(findCoturn() ?? ''), 'turnutils_uclient');
    const args = [
      ...['-v', '-n', '1', '-m', '1', '-p', String(port), '-e', peer],
      ...['-u', username, '-w', credential],
    ];
    return new Promise((resolve) => {
      const child = execFile(program, [...args, ...more, '127.0.0.1'], (_error, out, err) =>
        resolve(out + err),
      );
      child.stdout?.on('data', (text: string) => {
        if (DECIDED.test(text)) child.kill();
      });
    });
  }

  test('takes our credentials, and relays to those it is told of and to nobody else', async () => {
    expect(await ask('127.0.0.1')).toMatch(/success: 0x/);
    for (const peer of ['10.0.0.1', '8.8.8.8']) expect(await ask(peer)).toContain('Forbidden IP');
  });

  test('relays UDP only', async () => {
    expect(await ask('127.0.0.1', '-T')).toContain('error 442');
  });
});

import { createServer, get, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { streamLedger } from '../../../server/edge/eventStream.ts';
import { LedgerFeed } from '../../../server/ledger/feed.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { MemoryLedger } from '../../fakes/ledger.ts';

test('serves nobody who has left before it begins', async () => {
  const left = Promise.withResolvers<ServerResponse>();
  const server = createServer((request, response) => {
    response.once('close', () => left.resolve(response));
    request.socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' }).on('error', () => {});
  const clock = new FakeClock();
  const ledger = new MemoryLedger();
  const feed = new LedgerFeed(ledger, clock);
  const { signal } = new AbortController();
  await streamLedger(await left.promise, signal, {
    ledger,
    feed,
    clock,
    afterSeq: 0,
    filter: {},
    personal: false,
  });
  feed.close();
  expect(clock.pending).toBe(0);
  server.close();
});

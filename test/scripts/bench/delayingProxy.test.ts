import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DelayingProxy } from '../../../scripts/bench/delayingProxy.ts';

let proxy: DelayingProxy;
let asked: string[];

const shop = createServer(async (request, response) => {
  const { method, url, headers } = request;
  asked.push(`${method} ${url} ${headers.authorization} ${await text(request)}`);
  response.writeHead(409, { 'content-type': 'application/json' }).end('{"reason":"too_late"}');
});

beforeEach(async () => {
  asked = [];
  proxy = await DelayingProxy.open();
  shop.listen(0, '127.0.0.1');
  await once(shop, 'listening');
  proxy.target = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await proxy.close();
  shop.closeAllConnections();
  shop.close();
  await once(shop, 'close');
});

const ask = () =>
  fetch(`${proxy.url}/records/orders.find`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer key' },
    body: '{"args":{}}',
  });

test('what is asked and what is answered stay as they are', async () => {
  const answer = await ask();
  expect(asked).toEqual(['POST /records/orders.find Bearer key {"args":{}}']);
  expect(answer.status).toBe(409);
  expect(await answer.json()).toEqual({ reason: 'too_late' });
});

test('a request waits for its delay, and no longer than the proxy lives', async () => {
  proxy.delayMs = 3_600_000;
  const slow = expect(ask()).rejects.toThrow();
  await proxy.close();
  await slow;
  expect(asked).toEqual([]);
});

import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpConnector } from '../../../../server/records/engines/http.ts';
import { FakeClock } from '../../../fakes/clock.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/records`;
}

const request = { operation: 'orders.find', args: { number: '10427' }, subject: { customerId: 'cus_jane' } };

async function callTo(listener: RequestListener) {
  const connector = new HttpConnector({ url: await serve(listener), key: 'k' });
  return connector.call(request);
}

const json = { 'content-type': 'application/json; charset=utf-8' };

describe('what it sends', () => {
  it('posts JSON with the bearer key to the operation under its URL', async () => {
    let seen: object = {};
    const answer = await callTo((incoming, outgoing) => {
      let body = '';
      incoming.on('data', (chunk) => (body += chunk));
      incoming.on('end', () => {
        const { method, url, headers } = incoming;
        seen = { method, url, key: headers.authorization, body: JSON.parse(body) };
        outgoing.writeHead(200, json).end('{"order":{"number":"10427"}}');
      });
    });
    expect(answer).toEqual({ order: { number: '10427' } });
    expect(seen).toEqual({
      method: 'POST',
      url: '/records/orders.find',
      key: 'Bearer k',
      body: { args: { number: '10427' }, subject: { customerId: 'cus_jane' } },
    });
  });

  it.each([
    'ftp://shop.example',
    'javascript:alert(1)',
    'nonsense',
    'http://a:b@shop.example',
    'http://x/?a=1',
  ])('does not take %j as its URL', (url) => {
    expect(() => new HttpConnector({ url, key: 'k' })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});

describe('hostile and broken servers', () => {
  const answers: [name: string, listener: RequestListener][] = [
    ['an HTML page', (_, out) => void out.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hi</h1>')],
    ['HTML that says it is JSON', (_, out) => void out.writeHead(200, json).end('<h1>Jane Doe</h1>')],
    ['no body', (_, out) => void out.writeHead(200, json).end()],
    ['204', (_, out) => void out.writeHead(204).end()],
    ['an array', (_, out) => void out.writeHead(200, json).end('[1]')],
    ['null', (_, out) => void out.writeHead(200, json).end('null')],
    ['a prototype key', (_, out) => void out.writeHead(200, json).end('{"a":{"__proto__":{"x":1}}}')],
    [
      'bottomless JSON',
      (_, out) => void out.writeHead(200, json).end(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`),
    ],
    ['a tower of brackets', (_, out) => void out.writeHead(200, json).end('['.repeat(100_000))],
    ['broken UTF-8', (_, out) => void out.writeHead(200, json).end(Buffer.from([0x7b, 0xff, 0x7d]))],
    ['10 MB', (_, out) => void out.writeHead(200, json).end(`{"a":"${'x'.repeat(10_000_000)}"}`)],
    [
      '10 MB in 10 KB',
      (_, out) =>
        void out
          .writeHead(200, { ...json, 'content-encoding': 'gzip' })
          .end(gzipSync(`{"a":"${'x'.repeat(10_000_000)}"}`)),
    ],
    [
      'a truncated body',
      (_, out) => {
        out.writeHead(200, { ...json, 'content-length': '100' }).write('{"a":');
        setImmediate(() => out.destroy());
      },
    ],
    ['a redirect', (_, out) => void out.writeHead(307, { location: 'http://127.0.0.1:1/' }).end()],
    ['500', (_, out) => void out.writeHead(500, json).end('{"stack":"Jane Doe"}')],
    ['401', (_, out) => void out.writeHead(401, json).end('{}')],
    ['a refusal without a reason', (_, out) => void out.writeHead(409, json).end('{}')],
    [
      'a refusal that tells a story',
      (_, out) => void out.writeHead(409, json).end('{"reason":"Jane Doe owes us money"}'),
    ],
    ['something that is not HTTP', (incoming) => void incoming.socket.end('SSH-2.0\r\n')],
  ];

  it.each(answers)('answers CONNECTOR_FAILED to %s, and tells nobody what was in it', async (_, listener) => {
    const error = await callTo(listener).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'CONNECTOR_FAILED', retryable: true });
    expect(String(error)).not.toMatch(/Jane|10427/);
  });

  const hangs: [where: string, listener: RequestListener][] = [
    ['before the head', () => {}],
    ['in the middle of the body', (_, out) => void out.writeHead(200, json).write('{"a":')],
  ];

  it.each(hangs)('gives up on a server that hangs %s', async (_, start) => {
    const clock = new FakeClock();
    const asked = Promise.withResolvers<void>();
    const url = await serve((incoming, outgoing) => {
      start(incoming, outgoing);
      asked.resolve();
    });
    const answer = new HttpConnector({ url, key: 'k', timeoutMs: 3_000, clock }).call(request);
    await asked.promise;
    clock.advance(3_000);
    await expect(answer).rejects.toMatchObject({ code: 'CONNECTOR_FAILED', detail: 'no answer in time' });
    expect(clock.pending).toBe(0);
  });

  it('gives up when told to, and when closed', async () => {
    const giveUp = new AbortController();
    const askers = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let count = 0;
    const url = await serve(() => askers[count++]?.resolve());
    const connector = new HttpConnector({ url, key: 'k' });
    const first = connector.call({ ...request, signal: giveUp.signal });
    await askers[0]?.promise;
    giveUp.abort();
    await expect(first).rejects.toMatchObject({ detail: 'the request was given up' });
    const second = connector.call(request);
    await askers[1]?.promise;
    await connector.close();
    await expect(second).rejects.toMatchObject({ code: 'CONNECTOR_FAILED' });
  });
});

describe('broken connections', () => {
  it('tries once more', async () => {
    let attempts = 0;
    const answer = await callTo((incoming, outgoing) => {
      attempts += 1;
      if (attempts === 1) incoming.socket.destroy();
      else outgoing.writeHead(200, json).end('{"ok":true}');
    });
    expect(answer).toEqual({ ok: true });
    expect(attempts).toBe(2);
  });

  it('tries no third time', async () => {
    let attempts = 0;
    const answer = callTo((incoming) => {
      attempts += 1;
      incoming.socket.destroy();
    });
    await expect(answer).rejects.toMatchObject({ detail: 'the connection failed' });
    expect(attempts).toBe(2);
  });

  it('does not ask again after an answer, however bad', async () => {
    let attempts = 0;
    const answer = callTo((_, outgoing) => {
      attempts += 1;
      outgoing.writeHead(503).end();
    });
    await expect(answer).rejects.toMatchObject({ detail: 'status 503' });
    expect(attempts).toBe(1);
  });
});

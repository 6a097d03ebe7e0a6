import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { RestConnector } from '../../../../server/records/engines/rest.ts';
import type { RestSettings } from '../../../../server/records/plan.ts';
import { compileSystems } from '../../../../server/records/systemsCompiler.ts';
import { FakeClock } from '../../../fakes/clock.ts';

let server: Server | undefined;
let connector: RestConnector | undefined;
afterEach(async () => {
  await connector?.close();
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ENV = { CRM_KEY: 'key', CRM_USER: 'jane', CRM_PASSWORD: 'pass:word', CRM_ID: 'id', CRM_SECRET: 's e' };

const OPERATIONS = `
      orders.find:
        get: /orders/{number}
        query: { expand: items, customer: '{subject.customerId}' }
        answer:
          order:
            number: { at: $.data.id, is: string }
            status: $.data.state
            lines: { each: '$.data.lines[*]', as: { name: $.title } }
            open: $.data.lines[?@.open == true].title
      orders.change:
        put: /orders/{number}/address
        body: { city: '{city}', note: 'by {subject.customerId}', lines: '{lines}' }
      orders.search: { post: /search, reads: true, body: { q: '{q}' } }
`;

async function connect(
  listener: RequestListener,
  { more = '', clock }: { more?: string; clock?: FakeClock } = {},
): Promise<RestConnector> {
  const url = `${await serve(listener)}/api/v2`;
  const text = `connectors:\n  crm:\n    kind: rest\n    url: ${url}\n${more.replaceAll('URL', new URL(url).origin)}    operations:${OPERATIONS}`;
  const [plan] = compileSystems({ name: 'systems.yaml', text }, ENV).connectors;
  connector = new RestConnector({
    name: 'crm',
    settings: plan?.settings as RestSettings,
    random: () => 0.5,
    ...(clock ? { clock } : {}),
  });
  return connector;
}

const JANE = { customerId: 'cus_jane' };
const find = { operation: 'orders.find', args: { number: '10427' }, subject: JANE };
const change = { operation: 'orders.change', args: { number: '1', city: 'Bath' }, subject: JANE };
const json = { 'content-type': 'application/json; charset=utf-8' };
const order =
  '{"data":{"id":"10427","state":"sent","lines":[{"title":"lamp","open":true},{"title":"desk"}]}}';

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of incoming) text += chunk;
  return text;
}

describe('what it sends', () => {
  it('a look-up, and makes the answer of what it gets', async () => {
    let seen: object = {};
    const crm = await connect(
      (incoming, outgoing) => {
        const { method, url, headers } = incoming;
        seen = { method, url, key: headers.authorization, type: headers['content-type'] };
        outgoing.writeHead(200, json).end(order);
      },
      { more: '    auth: { bearerEnv: CRM_KEY }\n' },
    );
    expect(await crm.call(find)).toEqual({
      order: { number: '10427', status: 'sent', lines: [{ name: 'lamp' }, { name: 'desk' }], open: ['lamp'] },
    });
    expect(seen).toEqual({
      method: 'GET',
      url: '/api/v2/orders/10427?expand=items&customer=cus_jane',
      key: 'Bearer key',
      type: undefined,
    });
  });

  it('an action with its key and only the arguments that there are', async () => {
    let seen: object = {};
    const crm = await connect(async (incoming, outgoing) => {
      const { method, url, headers } = incoming;
      seen = { method, url, key: headers['idempotency-key'], body: JSON.parse(await bodyOf(incoming)) };
      outgoing.writeHead(204).end();
    });
    expect(await crm.call({ ...change, idempotencyKey: 'k1' })).toEqual({});
    expect(seen).toEqual({
      method: 'PUT',
      url: '/api/v2/orders/1/address',
      key: 'k1',
      body: { city: 'Bath', note: 'by cus_jane' },
    });
  });

  it.each([
    [
      'basic',
      'auth: { basic: { userEnv: CRM_USER, passwordEnv: CRM_PASSWORD } }',
      'authorization',
      'Basic amFuZTpwYXNzOndvcmQ=',
    ],
    ['a header', 'auth: { header: { name: X-Api-Key, valueEnv: CRM_KEY } }', 'x-api-key', 'key'],
    ['more headers', 'headers: { X-Tenant: shop }', 'x-tenant', 'shop'],
  ])('authorises by %s', async (_, more, name, value) => {
    let seen: unknown;
    const crm = await connect(
      (incoming, outgoing) => {
        seen = incoming.headers[name];
        outgoing.writeHead(200, json).end(order);
      },
      { more: `    ${more}\n` },
    );
    await crm.call(find);
    expect(seen).toBe(value);
  });
});

describe('OAuth 2 client credentials', () => {
  const more =
    '    auth: { clientCredentials: { tokenUrl: URL/token, clientIdEnv: CRM_ID, clientSecretEnv: CRM_SECRET, scope: read } }\n';

  function issuer(lifeS = 3600) {
    const tokens = { issued: 0, revoked: new Set<string>(), asked: [] as string[] };
    const listener: RequestListener = async (incoming, outgoing) => {
      if (incoming.url === '/token') {
        tokens.asked.push(`${incoming.headers.authorization} ${await bodyOf(incoming)}`);
        const token = { access_token: `t${++tokens.issued}`, token_type: 'Bearer', expires_in: lifeS };
        return void outgoing.writeHead(200, json).end(JSON.stringify(token));
      }
      const given = incoming.headers.authorization ?? '';
      const valid = given === `Bearer t${tokens.issued}` && !tokens.revoked.has(given);
      return void outgoing.writeHead(valid ? 200 : 401, json).end(valid ? order : '{}');
    };
    return { tokens, listener };
  }

  it('asks for one token, and once for all who wait for it', async () => {
    const { tokens, listener } = issuer();
    const crm = await connect(listener, { more });
    await Promise.all([crm.call(find), crm.call(find)]);
    await crm.call(find);
    expect(tokens.asked).toEqual([
      `Basic ${Buffer.from('id:s+e').toString('base64')} grant_type=client_credentials&scope=read`,
    ]);
  });

  it('renews it before it ends, and when it is not taken any more', async () => {
    const clock = new FakeClock();
    const { tokens, listener } = issuer(3600);
    const crm = await connect(listener, { more, clock });
    await crm.call(find);
    clock.advance(3_571_000);
    await crm.call(find);
    expect(tokens.issued).toBe(2);
    tokens.revoked.add('Bearer t2');
    await crm.call(find);
    expect(tokens.issued).toBe(3);
  });

  it.each([
    ['no token', '{"token_type":"Bearer"}'],
    ['another kind', '{"access_token":"t","token_type":"mac"}'],
    ['a token that would break a header', '{"access_token":"a\\r\\nb","token_type":"bearer"}'],
    ['HTML', '<h1>Hi</h1>'],
  ])('fails honestly when there is %s', async (_, body) => {
    const crm = await connect((_incoming, outgoing) => void outgoing.writeHead(200, json).end(body), {
      more,
    });
    await expect(crm.call(find)).rejects.toMatchObject({ code: 'CONNECTOR_FAILED' });
  });
});

describe('refusals', () => {
  const more = `    refused:
      - { status: 404, reason: not_found }
      - { status: 409, at: $.error.code, is: SHIPPED, reason: already_dispatched }
      - { status: 409, at: $.error.code, is: GONE, reason: already_cancelled }
      - { status: 200, at: $.error, reason: not_possible }
`;
  it.each([
    [404, '<h1>Not here</h1>', 'CONNECTOR_REFUSED', 'not_found'],
    [409, '{"error":{"code":"SHIPPED"}}', 'CONNECTOR_REFUSED', 'already_dispatched'],
    [409, '{"error":{"code":"GONE"}}', 'CONNECTOR_REFUSED', 'already_cancelled'],
    [409, '{"error":{"code":"Jane Doe"}}', 'CONNECTOR_FAILED', 'status 409'],
    [409, 'nonsense', 'CONNECTOR_FAILED', 'status 409'],
    [200, '{"error":"no"}', 'CONNECTOR_REFUSED', 'not_possible'],
    [403, '{}', 'CONNECTOR_FAILED', 'status 403'],
  ])('%i %s is %s', async (status, body, code, detail) => {
    const crm = await connect((_, out) => void out.writeHead(status, json).end(body), { more });
    await expect(crm.call(find)).rejects.toMatchObject({ code, detail });
  });
});

describe('hostile and broken systems', () => {
  const answers: [name: string, listener: RequestListener][] = [
    ['an HTML page', (_, out) => void out.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hi</h1>')],
    ['HTML that says it is JSON', (_, out) => void out.writeHead(200, json).end('<h1>Jane Doe</h1>')],
    ['no body', (_, out) => void out.writeHead(200, json).end()],
    ['another shape', (_, out) => void out.writeHead(200, json).end('{"orders":["Jane Doe"]}')],
    ['a number in place of a text', (_, out) => void out.writeHead(200, json).end('{"data":{"id":10427}}')],
    ['a list', (_, out) => void out.writeHead(200, json).end('[1]')],
    ['a prototype key', (_, out) => void out.writeHead(200, json).end('{"data":{"__proto__":{"id":"1"}}}')],
    [
      'bottomless JSON',
      (_, out) => void out.writeHead(200, json).end(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`),
    ],
    [
      'a thousand lines',
      (_, out) =>
        void out.writeHead(200, json).end(JSON.stringify({ data: { id: '1', lines: Array(1000).fill({}) } })),
    ],
    ['10 MB', (_, out) => void out.writeHead(200, json).end(`{"a":"${'x'.repeat(10_000_000)}"}`)],
    [
      'a gzip bomb',
      (_, out) =>
        void out
          .writeHead(200, { ...json, 'content-encoding': 'gzip' })
          .end(gzipSync(`{"a":"${'x'.repeat(50_000_000)}"}`)),
    ],
    [
      'a truncated body',
      (_, out) => {
        out.writeHead(200, { ...json, 'content-length': '100' }).write('{"a":');
        setImmediate(() => out.destroy());
      },
    ],
    [
      'a redirect to elsewhere',
      (_, out) => void out.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    ],
    ['500', (_, out) => void out.writeHead(500, json).end('{"stack":"Jane Doe"}')],
    ['something that is not HTTP', (incoming) => void incoming.socket.end('SSH-2.0\r\n')],
  ];

  it.each(answers)('answers CONNECTOR_FAILED to %s, and tells nobody what was in it', async (_, listener) => {
    const crm = await connect(listener, { more: '    retries: 0\n' });
    const error = await crm.call(find).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'CONNECTOR_FAILED', retryable: true });
    expect(String(error)).not.toMatch(/Jane|10427/);
  });

  const hangs: [where: string, listener: RequestListener][] = [
    ['before the head', () => {}],
    ['in the middle of the body', (_, out) => void out.writeHead(200, json).write('{"a":')],
  ];

  it.each(hangs)('gives up on a system that hangs %s', async (_, start) => {
    const clock = new FakeClock();
    const asked = Promise.withResolvers<void>();
    const crm = await connect(
      (incoming, outgoing) => {
        start(incoming, outgoing);
        asked.resolve();
      },
      { clock },
    );
    const answer = crm.call(find);
    await asked.promise;
    clock.advance(3_000);
    await expect(answer).rejects.toMatchObject({ code: 'CONNECTOR_FAILED', detail: 'no answer in time' });
    expect(clock.pending).toBe(0);
  });

  it('never leaves the operator’s address, whatever the arguments are', async () => {
    const seen: string[] = [];
    const crm = await connect((incoming, outgoing) => {
      seen.push(incoming.url ?? '');
      outgoing.writeHead(200, json).end(order);
    });
    for (const number of [
      '../../admin',
      '..',
      '//evil.example',
      'a?b=c',
      'a#b',
      '@evil.example',
      '\\\\evil',
      '%2e%2e',
    ]) {
      await crm.call({ ...find, args: { number } }).catch(() => {});
    }
    for (const url of seen)
      expect(url).toMatch(/^\/api\/v2\/orders\/[^/?#]+\?expand=items&customer=cus_jane$/);
    expect(seen).toHaveLength(7);
  });
});

describe('retries', () => {
  function flaky(times: number, fail: RequestListener) {
    const attempts = { count: 0 };
    const listener: RequestListener = (incoming, outgoing) => {
      if (++attempts.count <= times) return fail(incoming, outgoing);
      return void outgoing.writeHead(200, json).end(order);
    };
    return { attempts, listener };
  }
  const busy: RequestListener = (_, out) => void out.writeHead(503).end();
  const drop: RequestListener = (incoming) => void incoming.socket.destroy();

  it.each([
    ['a look-up', find],
    ['a search', { operation: 'orders.search', args: { q: 'x' }, subject: JANE }],
    ['an action with a key', { ...change, idempotencyKey: 'k1' }],
  ])('tries %s again, three times in all', async (_, request) => {
    for (const fail of [busy, drop]) {
      const passing = flaky(2, fail);
      expect(await (await connect(passing.listener)).call(request)).toBeTypeOf('object');
      expect(passing.attempts.count).toBe(3);
      server?.closeAllConnections();
      server?.close();
    }
    const lasting = flaky(9, busy);
    await expect((await connect(lasting.listener)).call(request)).rejects.toMatchObject({
      detail: 'status 503',
    });
    expect(lasting.attempts.count).toBe(3);
  });

  it('tries no action again that has no key, or whose system knows none', async () => {
    const once = flaky(1, busy);
    await expect((await connect(once.listener)).call(change)).rejects.toMatchObject({ detail: 'status 503' });
    expect(once.attempts.count).toBe(1);
    server?.close();
    const keyless = flaky(1, drop);
    const crm = await connect(keyless.listener, { more: '    idempotencyHeader: false\n' });
    await expect(crm.call({ ...change, idempotencyKey: 'k1' })).rejects.toMatchObject({
      code: 'CONNECTOR_FAILED',
    });
    expect(keyless.attempts.count).toBe(1);
  });

  it('waits as long as the system asks for, within its own limit', async () => {
    const clock = new FakeClock();
    const asked = Promise.withResolvers<void>();
    const { attempts, listener } = flaky(1, (_, out) => {
      out.writeHead(429, { 'retry-after': '600' }).end();
      asked.resolve();
    });
    const crm = await connect(listener, { clock });
    const answer = crm.call(find);
    await asked.promise;
    // Until the pause has begun.
    while (clock.pending < 2) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(3_000);
    await expect(answer).rejects.toMatchObject({ detail: 'no answer in time' });
    expect([attempts.count, clock.pending]).toEqual([1, 0]);
  });
});

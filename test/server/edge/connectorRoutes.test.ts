import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Edge, openEdge, WEBHOOK_SECRET } from './openEdge.ts';

let edge: Edge;
beforeAll(async () => {
  edge = await openEdge();
});
afterAll(() => edge.close());
beforeEach(() => {
  edge.invalidations.length = 0;
});

let messages = 0;

function send(
  body: unknown,
  {
    secret = WEBHOOK_SECRET,
    id = `msg_${++messages}`,
    atMs = Date.now(),
    site = 'demo',
    signature,
  }: { secret?: string; id?: string; atMs?: number; site?: string; signature?: string } = {},
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const timestamp = String(Math.floor(atMs / 1000));
  const signed = createHmac('sha256', secret).update(`${id}.${timestamp}.${text}`).digest('base64');
  return fetch(`${edge.url}/v1/connectors/${site}/invalidate`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signature?.replace('$', signed) ?? `v1,${signed}`,
    },
    body: text,
  });
}

describe('the webhook of a site’s systems', () => {
  test('has answers of an operation asked anew', async () => {
    const response = await send({ operations: ['orders.find'], customerId: 'cus_jane' });
    expect([response.status, await response.json()]).toEqual([200, { invalidated: 1, duplicate: false }]);
    expect(edge.invalidations).toEqual([[['orders.find'], 'cus_jane']]);
  });

  test('without names concerns everything', async () => {
    await send({});
    expect(edge.invalidations).toEqual([[null, undefined]]);
  });

  test('delivered twice does no harm', async () => {
    const once = { id: 'msg_twice' };
    expect(await (await send({}, once)).json()).toMatchObject({ duplicate: false });
    expect(await (await send({}, once)).json()).toEqual({ invalidated: 0, duplicate: true });
    expect(edge.invalidations).toHaveLength(1);
  });

  test('takes the second of two signatures while secrets change', async () => {
    expect((await send({}, { signature: 'v1,bm90IHRoaXMgb25l v1,$' })).status).toBe(200);
  });

  test.each([
    ['another secret', { secret: 'another secret of the same length' }],
    ['a signature of another version', { signature: 'v2,$' }],
    ['no signature', { signature: '' }],
    ['a site that has none', { site: 'elsewhere' }],
    ['an old one', { atMs: Date.now() - 400_000 }],
    ['one from the future', { atMs: Date.now() + 400_000 }],
  ])('is refused with %s', async (_, options) => {
    const response = await send({}, options);
    expect([response.status, await response.json()]).toMatchObject([
      401,
      { error: { code: 'WEBHOOK_INVALID' } },
    ]);
    expect(edge.invalidations).toEqual([]);
  });

  test.each([
    ['no JSON', '{'],
    ['a list', []],
    ['a word too much', { operation: 'orders.find' }],
    ['no operations', { operations: [] }],
    ['an endless list', { operations: Array(101).fill('orders.find') }],
  ])('with %s is no message', async (_, body) => {
    const response = await send(body);
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code: 'BAD_REQUEST' } }]);
  });

  test('leaves the bodies of other routes as they were', async () => {
    expect((await edge.post({})).status).toBe(200);
    expect((await edge.post('{')).status).toBe(400);
  });
});

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ZodError } from 'zod';
import { OnceOnly } from '../../demo/backend/onceOnly.ts';
import { OPERATIONS } from '../../demo/backend/operations.ts';
import { Refusal } from '../../demo/store/refusal.ts';
import { Store } from '../../demo/store/store.ts';
import type { JsonObject } from '../../shared/json.ts';
import { NOW } from '../demo/openShop.ts';
import { FakeClock } from './clock.ts';

export const REST_KEY = 'rest-key-of-the-tests';

/** How the REST connector is told of the shop below. */
export const REST_SHOP = `
connectors:
  shop:
    kind: rest
    url: \${REST_SHOP_URL}
    auth: { bearerEnv: REST_SHOP_KEY }
    refused:
      - { status: 404, at: $.error.code, is: not_found, reason: not_found }
      - { status: 409, at: $.error.code, is: already_dispatched, reason: already_dispatched }
      - { status: 409, at: $.error.code, is: already_cancelled, reason: already_cancelled }
    operations:
      orders.find:
        get: /orders/{number}
        query: { customer: '{subject.customerId}' }
        answer: { order: { at: $.data, is: object } }
      orders.cancel:
        post: /orders/{number}/cancellation
        body: { customer: '{subject.customerId}' }
        answer: { order: $.data.order, refundCents: $.data.refundCents, currency: $.data.currency }
      shop.hours: { get: /hours }
`;

export type RestShop = { url: string; close(): Promise<void> };

/** The demo shop's records as a REST interface of another make. */
export async function openRestShop(): Promise<RestShop> {
  const store = new Store(new FakeClock({ epochMs: NOW }));
  const once = new OnceOnly();
  const server: Server = createServer(async (request, response) => {
    const reply = (status: number, body: JsonObject) =>
      void response
        .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
        .end(JSON.stringify(body));
    if (request.headers.authorization !== `Bearer ${REST_KEY}`) return reply(401, {});
    const url = new URL(request.url ?? '/', 'http://shop');
    const body = await bodyOf(request);
    const customerId = (url.searchParams.get('customer') ?? body.customer ?? null) as string | null;
    const [, , resource, number = '', action = ''] = url.pathname.split('/').map(decodeURIComponent);
    const run = (name: string, args: JsonObject): JsonObject => {
      const act = () => OPERATIONS[name]?.(store, { customerId }, args) ?? {};
      const key = request.headers['idempotency-key'];
      return typeof key === 'string' ? once.run(`${name} ${customerId}`, key, args, act) : act();
    };
    try {
      if (resource === 'hours') return reply(200, run('shop.hours', {}));
      if (action === 'cancellation') return reply(201, { data: run('orders.cancel', { number }) });
      return reply(200, { data: run('orders.find', { number }).order ?? null });
    } catch (error) {
      if (error instanceof ZodError) return reply(400, {});
      if (!(error instanceof Refusal)) return reply(500, {});
      return reply(error.reason === 'not_found' ? 404 : 409, { error: { code: error.reason } });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<JsonObject> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text === '' ? {} : (JSON.parse(text) as JsonObject);
}

import { type Shop, type ShopOptions, startShop } from '../../demo/shop.ts';
import type { JsonObject } from '../../shared/json.ts';
import { FakeClock } from '../fakes/clock.ts';

export const CONNECTOR_KEY = 'connector-key-of-the-tests';
export const CHANNEL_KEY = 'channel-key-of-the-tests';
export const ADMIN_KEY = 'admin-key-of-the-tests';
export const IDENTITY_SECRET = 'identity-secret-of-the-tests-32-bytes';
/** Late in the evening, in summer time: the day in London differs from the day in UTC. */
export const NOW = Date.UTC(2026, 6, 14, 23, 30);

export function openShop(overrides: Partial<ShopOptions> = {}): Promise<Shop> {
  return startShop({
    port: 0,
    host: '127.0.0.1',
    segueOrigin: 'http://127.0.0.1:9',
    identitySecret: IDENTITY_SECRET,
    connectorKey: CONNECTOR_KEY,
    channelKey: CHANNEL_KEY,
    adminKey: ADMIN_KEY,
    clock: new FakeClock({ epochMs: NOW }),
    ...overrides,
  });
}

type Asked = { status: number; body: JsonObject };

/** Asks the records as the Segue server would; `customerId` null is an anonymous visitor. */
export async function ask(
  shop: Shop,
  operation: string,
  args: JsonObject = {},
  { customerId = 'cus_jane', key }: { customerId?: string | null; key?: string } = {},
): Promise<Asked> {
  const response = await fetch(`${shop.origin}/segue/records/${operation}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${CONNECTOR_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ args, subject: { customerId }, ...(key ? { idempotencyKey: key } : {}) }),
  });
  return { status: response.status, body: (await response.json()) as JsonObject };
}

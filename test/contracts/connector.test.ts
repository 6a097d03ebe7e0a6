import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Shop } from '../../demo/shop.ts';
import { BREAKER_RULES, Breaker } from '../../server/records/breaker.ts';
import type { Connector } from '../../server/records/connector.ts';
import { HttpConnector } from '../../server/records/engines/http.ts';
import { RestConnector } from '../../server/records/engines/rest.ts';
import type { RestSettings } from '../../server/records/plan.ts';
import { Systems } from '../../server/records/systems.ts';
import { compileSystems } from '../../server/records/systemsCompiler.ts';
import { systemClock } from '../../shared/clock.ts';
import { CONNECTOR_KEY, openShop } from '../demo/openShop.ts';
import {
  openPostgresServer,
  type PostgresServer,
  postgresMissing,
  postgresPlace,
} from '../fakes/databases.ts';
import { openRestShop, REST_KEY, REST_SHOP } from '../fakes/restShop.ts';
import { openSqlShop } from '../fakes/sqlShop.ts';

/** What every connector does, whatever carries it. `open` gives one to the demo shop's freshly seeded records. */
function connectorContract(
  name: string,
  open: () => Promise<{ connector: Connector; close(): Promise<void> }>,
) {
  describe(`connector: ${name}`, () => {
    let connector: Connector;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ connector, close } = await open());
    });
    afterAll(() => close());

    const jane = { customerId: 'cus_jane' };
    const call = (operation: string, args = {}, more = {}) =>
      connector.call({ operation, args, subject: jane, ...more });

    it('looks up', async () => {
      const { order } = await call('orders.find', { number: '10427' });
      expect(order).toMatchObject({ number: '10427', status: 'delivered' });
    });

    it('passes on whom the request is about', async () => {
      const anonymous = await call('orders.find', { number: '10427' }, { subject: { customerId: null } });
      const own = await call('orders.find', { number: '10427' });
      expect(anonymous.order).toMatchObject({ number: '10427', status: 'delivered' });
      expect(anonymous.order).not.toEqual(own.order);
    });

    it('tells a business "no" with its reason', async () => {
      await expect(call('orders.cancel', { number: '10498' })).rejects.toMatchObject({
        code: 'CONNECTOR_REFUSED',
        detail: 'already_dispatched',
      });
    });

    it('does an action once for one key', async () => {
      const cancel = () => call('orders.cancel', { number: '10512' }, { idempotencyKey: 'once' });
      expect(await cancel()).toEqual(await cancel());
      await expect(call('orders.cancel', { number: '10512' })).rejects.toMatchObject({
        code: 'CONNECTOR_REFUSED',
      });
    });

    it.each([
      '',
      'Orders.find',
      '../../account',
      'orders/find',
      'orders..find',
      '//evil.example',
      'orders.find?x=1',
      'orders.find#',
      `o${'.a'.repeat(40)}`,
    ])('refuses the operation name %j', async (operation) => {
      await expect(call(operation)).rejects.toMatchObject({ code: 'CONNECTOR_FAILED', retryable: true });
    });

    it('fails on an operation that does not exist', async () => {
      await expect(call('orders.explode')).rejects.toMatchObject({ code: 'CONNECTOR_FAILED' });
    });

    it('honours a signal that is already aborted', async () => {
      await expect(call('shop.hours', {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'CONNECTOR_FAILED',
      });
    });

    it('closes twice, and answers nothing afterwards', async () => {
      await connector.close();
      await connector.close();
      await expect(call('shop.hours')).rejects.toMatchObject({ code: 'CONNECTOR_FAILED' });
    });
  });
}

connectorContract('HTTP, on the demo shop', async () => {
  const shop: Shop = await openShop();
  const connector = new HttpConnector({ url: `${shop.origin}/segue/records`, key: CONNECTOR_KEY });
  return { connector, close: () => shop.close() };
});

connectorContract('REST, on the demo shop in other clothes', async () => {
  const shop = await openRestShop();
  const env = { REST_SHOP_URL: shop.url, REST_SHOP_KEY: REST_KEY };
  const [plan] = compileSystems({ name: 'systems.yaml', text: REST_SHOP }, env).connectors;
  const connector = new RestConnector({ name: 'shop', settings: plan?.settings as RestSettings });
  return { connector, close: () => shop.close() };
});

connectorContract('all systems of a site as one', async () => {
  const shop = await openRestShop();
  const env = { REST_SHOP_URL: shop.url, REST_SHOP_KEY: REST_KEY };
  const text = REST_SHOP.replace('shop.hours: {', 'shop.hours: { keep: { fresh: 1h },');
  const plan = compileSystems({ name: 'systems.yaml', text }, env);
  const rest = new RestConnector({ name: 'shop', settings: plan.connectors[0]?.settings as RestSettings });
  const breakers = new Map([['shop', new Breaker(rest, BREAKER_RULES, systemClock)]]);
  const connector = new Systems({ siteKey: 'shop', plan, breakers, outbox: null, clock: systemClock });
  return { connector, close: () => shop.close() };
});

describe.skipIf(postgresMissing)('with a real PostgreSQL:', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await openPostgresServer();
  }, 60_000);
  afterAll(() => server.close());
  connectorContract('SQL', async () => {
    const place = await postgresPlace(server.url);
    const shop = await openSqlShop('url' in place.at ? place.at.url : '');
    return {
      connector: shop.connector,
      async close() {
        await shop.close();
        await place.remove();
      },
    };
  });
});

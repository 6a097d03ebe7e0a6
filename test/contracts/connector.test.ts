import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Shop } from '../../demo/shop.ts';
import type { Connector } from '../../server/records/connector.ts';
import { HttpConnector } from '../../server/records/engines/http.ts';
import { CONNECTOR_KEY, openShop } from '../demo/openShop.ts';

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
      const { order } = await call('orders.find', { number: '10427' }, { subject: { customerId: null } });
      expect(Object.keys(order as object).sort()).toEqual(['estimatedDelivery', 'number', 'status']);
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
        detail: 'already_cancelled',
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

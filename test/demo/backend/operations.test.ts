import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Shop } from '../../../demo/shop.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { ask, CONNECTOR_KEY, openShop } from '../openShop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.close());

const refused = (reason: string) => ({ status: 409, body: { reason } });

describe('who may ask', () => {
  it('wants the connector key', async () => {
    for (const authorization of ['', 'Bearer wrong', CONNECTOR_KEY]) {
      const response = await fetch(`${shop.origin}/segue/records/shop.hours`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: '{}',
      });
      expect(response.status).toBe(401);
    }
  });

  it('answers malformed requests with 400 and unknown operations with 404', async () => {
    expect((await ask(shop, 'orders.find', {})).status).toBe(400);
    expect((await ask(shop, 'orders.find', { number: { $gt: '' } })).status).toBe(400);
    expect((await ask(shop, 'returns.find', {})).status).toBe(400);
    expect((await ask(shop, 'returns.complete', { id: 'R-2041', method: 'drone' })).status).toBe(400);
    expect((await ask(shop, 'toString')).status).toBe(404);
    const notJson = await fetch(`${shop.origin}/segue/records/shop.hours`, {
      method: 'POST',
      headers: { authorization: `Bearer ${CONNECTOR_KEY}`, 'content-type': 'application/json' },
      body: '{"args":',
    });
    expect(notJson.status).toBe(400);
  });
});

describe('customer.overview', () => {
  it('tells what Jane has, and the return she started yesterday', async () => {
    const { status, body } = await ask(shop, 'customer.overview');
    expect(status).toBe(200);
    expect(body.customer).toEqual({
      id: 'cus_jane',
      name: 'Jane Doe',
      firstName: 'Jane',
      email: 'jane@example.com',
      language: 'en',
    });
    expect((body.orders as { number: string }[]).map(({ number }) => number)).toEqual([
      '10533',
      '10512',
      '10498',
      '10427',
      '10402',
    ]);
    expect(body.returns).toEqual([
      {
        id: 'R-2041',
        orderNumber: '10427',
        item: { sku: 'oak-desk-lamp', name: 'Oak desk lamp', color: 'brass' },
        reason: 'changed_mind',
        status: 'started',
        step: 'method',
        startedAt: '2026-07-13T23:30:00.000Z',
        method: null,
        date: null,
        refundCents: 12900,
        currency: 'GBP',
      },
    ]);
    expect(body.tickets).toHaveLength(1);
    expect(JSON.stringify(body)).not.toContain('customerId');
  });

  it('needs a customer', async () => {
    expect(await ask(shop, 'customer.overview', {}, { customerId: null })).toEqual(refused('not_signed_in'));
    expect(await ask(shop, 'customer.overview', {}, { customerId: 'cus_x' })).toEqual(
      refused('not_signed_in'),
    );
  });
});

describe('orders', () => {
  it('gives everything to the owner and three facts to anybody else', async () => {
    const own = await ask(shop, 'orders.find', { number: '10498' });
    expect(own.body.order).toMatchObject({
      number: '10498',
      status: 'dispatched',
      carrier: 'DPD',
      estimatedDelivery: '2026-07-17',
      shipTo: { street: '12 Larch Lane' },
    });
    for (const customerId of [null, 'cus_mateo']) {
      const other = await ask(shop, 'orders.find', { number: '10498' }, { customerId });
      expect(other.body).toEqual({
        order: { number: '10498', status: 'dispatched', estimatedDelivery: '2026-07-17' },
      });
    }
    expect(await ask(shop, 'orders.find', { number: '99999' })).toEqual(refused('not_found'));
  });

  it('changes the address before dispatch only', async () => {
    const home = { street: '1 New Road', city: 'Bath', postcode: 'BA1 1AA' };
    const changed = await ask(shop, 'orders.changeAddress', { number: '10512', ...home });
    expect(changed.body.order).toMatchObject({ shipTo: { name: 'Jane Doe', country: 'GB', ...home } });
    expect((await ask(shop, 'orders.find', { number: '10427' })).body.order).toMatchObject({
      shipTo: { street: '12 Larch Lane' },
    });
    expect(await ask(shop, 'orders.changeAddress', { number: '10498', ...home })).toEqual(
      refused('already_dispatched'),
    );
    expect(await ask(shop, 'orders.changeAddress', { number: '10470', ...home })).toEqual(
      refused('not_found'),
    );
    expect(
      await ask(shop, 'orders.changeAddress', { number: '10512', ...home }, { customerId: null }),
    ).toEqual(refused('not_signed_in'));
  });

  it('cancels once, and gives back what was paid', async () => {
    const { body } = await ask(shop, 'orders.cancel', { number: '10512' });
    expect(body).toMatchObject({ order: { status: 'cancelled' }, refundCents: 22800, currency: 'GBP' });
    expect(await ask(shop, 'orders.cancel', { number: '10512' })).toEqual(refused('already_cancelled'));
    expect(await ask(shop, 'orders.cancel', { number: '10498' })).toEqual(refused('already_dispatched'));
  });

  it('does an action once for one idempotency key', async () => {
    const first = await ask(shop, 'orders.cancel', { number: '10512' }, { key: 'k1' });
    expect(await ask(shop, 'orders.cancel', { number: '10512' }, { key: 'k1' })).toEqual(first);
    expect(await ask(shop, 'orders.cancel', { number: '10533' }, { key: 'k1' })).toEqual(
      refused('idempotency_key_reused'),
    );
    const other = { number: '10512', customerId: 'cus_mateo', key: 'k1' };
    expect(await ask(shop, 'orders.cancel', { number: other.number }, other)).toEqual(refused('not_found'));
  });
});

describe('returns', () => {
  it('finds by id, however it was heard, and by order', async () => {
    const ways: JsonObject[] = [{ id: 'R-2041' }, { id: 'r 2041' }, { id: '2041' }, { orderNumber: '10427' }];
    for (const args of ways) {
      expect((await ask(shop, 'returns.find', args)).body.return).toMatchObject({ id: 'R-2041' });
    }
    expect(await ask(shop, 'returns.find', { id: 'R-2038' })).toEqual(refused('not_found'));
    expect(await ask(shop, 'returns.find', { id: 'R-2041' }, { customerId: null })).toEqual(
      refused('not_signed_in'),
    );
  });

  it('completes once: a pick-up has a day, a drop-off has none', async () => {
    const picked = await ask(shop, 'returns.complete', { id: 'R-2041', method: 'pickup' });
    expect(picked.body.return).toMatchObject({ status: 'label_sent', step: 'done', date: '2026-07-16' });
    expect(await ask(shop, 'returns.complete', { id: 'R-2041', method: 'dropoff' })).toEqual(
      refused('already_complete'),
    );
  });

  it('refuses a day on which nobody comes', async () => {
    for (const date of ['2026-07-15', '2026-07-19', '2027-01-01']) {
      expect(await ask(shop, 'returns.complete', { id: 'R-2041', method: 'pickup', date })).toEqual(
        refused('date_unavailable'),
      );
    }
    const done = await ask(shop, 'returns.complete', { id: 'R-2041', method: 'pickup', date: '2026-07-17' });
    expect(done.body.return).toMatchObject({ date: '2026-07-17' });
  });
});

describe('payments, tickets, hours', () => {
  it('finds the order that was charged twice, and refunds one of the two', async () => {
    const { body } = await ask(shop, 'payments.list', { orderNumber: '10533' });
    const [first, second] = body.payments as { id: string }[];
    expect(body.payments).toMatchObject([
      { amountCents: 8900, status: 'captured', last4: '4242' },
      { amountCents: 8900, status: 'captured', last4: '4242' },
    ]);
    const refund = await ask(shop, 'payments.refundDuplicate', { paymentId: second?.id ?? '' });
    expect(refund.body.payment).toMatchObject({ status: 'refunded' });
    expect(await ask(shop, 'payments.refundDuplicate', { paymentId: first?.id ?? '' })).toEqual(
      refused('not_duplicate'),
    );
  });

  it('opens a ticket, for an anonymous visitor too', async () => {
    const mine = await ask(shop, 'tickets.create', { subject: 'Call back', body: 'Please call me.' });
    expect(mine.body.ticket).toMatchObject({ id: 'T-319', status: 'open', lastMessage: 'Please call me.' });
    const theirs = await ask(shop, 'tickets.create', { subject: 'a', body: 'b' }, { customerId: null });
    expect(theirs.status).toBe(200);
    expect((await ask(shop, 'customer.overview')).body.tickets).toHaveLength(2);
  });

  it('tells when it is open', async () => {
    const { body } = await ask(shop, 'shop.hours', {}, { customerId: null });
    expect(body.timezone).toBe('Europe/London');
    expect(body.days).toHaveLength(7);
    expect((body.days as object[]).at(-1)).toEqual({ day: 'sunday', opens: null, closes: null });
  });
});

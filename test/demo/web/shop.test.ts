import { jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Shop } from '../../../demo/shop.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { ask, IDENTITY_SECRET, NOW, openShop } from '../openShop.ts';
import { Visit } from './visit.ts';

let shop: Shop;
let visit: Visit;
beforeEach(async () => {
  shop = await openShop();
  visit = new Visit(shop);
});
afterEach(() => shop.close());

const asJane = () => visit.post('/sign-in', { customer: 'cus_jane' });
const addLamp = (quantity = '1') => visit.post('/cart', { sku: 'oak-desk-lamp', color: 'brass', quantity });
const payWith = (card: string) =>
  visit.post('/checkout', {
    email: 'sam@example.com',
    name: 'Sam Guest',
    street: '3 Wharf Road',
    city: 'Bristol',
    postcode: 'BS1 4ST',
    expiry: '12/34',
    cvc: '123',
    card,
  });

describe('the frame', () => {
  it('has a policy without inline code, and exactly one foreign origin', async () => {
    const response = await visit.raw('/');
    expect(response.headers.get('content-security-policy')?.split(';')).toEqual([
      "default-src 'self'",
      "script-src 'self' http://127.0.0.1:9",
      "connect-src 'self' http://127.0.0.1:9 ws://127.0.0.1:9",
      "style-src 'self'",
      "img-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ]);
    await response.body?.cancel();
  });

  it('gives a cookie only to those of whom something is to be remembered', async () => {
    const looking = await visit.raw('/');
    expect(looking.headers.getSetCookie()).toEqual([]);
    const adding = await visit.raw('/cart', {
      method: 'POST',
      body: new URLSearchParams({ sku: 'low-stool', color: 'black', quantity: '1' }),
    });
    expect(adding.headers.getSetCookie()[0]).toMatch(/HttpOnly; SameSite=Lax/);
  });

  it('takes no form from another origin', async () => {
    const answer = await visit.post('/back-office/reset', {}, { origin: 'http://127.0.0.1:9' });
    expect(answer.status).toBe(403);
    expect((await visit.post('/back-office/reset', {}, { origin: shop.origin })).status).toBe(200);
  });

  it('answers nonsense with a page', async () => {
    expect((await visit.get('/products/%00')).status).toBe(404);
    expect((await visit.get('/nothing')).status).toBe(404);
    expect((await visit.post('/cart', { sku: '__proto__', color: 'brass', quantity: '1' })).status).toBe(400);
    expect((await visit.post('/cart', { sku: 'low-stool', color: 'black', quantity: '1e9' })).status).toBe(
      400,
    );
    expect((await visit.post('/cart', { sku: 'x'.repeat(70_000) })).status).toBe(413);
  });

  it('escapes what visitors write', async () => {
    await addLamp();
    const { text } = await visit.post('/checkout', { email: '"><script>alert(1)</script>' });
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('&quot;&gt;&lt;script&gt;alert');
    await ask(shop, 'tickets.create', { subject: '<img src=x>', body: '</script>' });
    expect((await visit.get('/back-office')).text).toContain('&lt;img src=x&gt;');
  });
});

describe('identity', () => {
  it('is signed by the back end for ten minutes, and renewed', async () => {
    await asJane();
    const { token, expiresInMs } = await (await visit.raw('/account/voice-identity')).json();
    expect(expiresInMs).toBe(600_000);
    const { payload } = await jwtVerify(token, new TextEncoder().encode(IDENTITY_SECRET), {
      algorithms: ['HS256'],
      audience: 'segue',
      currentDate: new Date(NOW),
    });
    expect(payload).toEqual({
      sub: 'cus_jane',
      name: 'Jane Doe',
      email: 'jane@example.com',
      site: 'demo',
      aud: 'segue',
      iat: NOW / 1000,
      exp: NOW / 1000 + 600,
    });
  });

  it('does not exist for a guest, nor after signing out', async () => {
    expect((await visit.raw('/account/voice-identity')).status).toBe(204);
    await asJane();
    await visit.post('/sign-out');
    expect((await visit.raw('/account/voice-identity')).status).toBe(204);
  });

  it('gives another cookie to who signs in', async () => {
    await addLamp();
    const response = await visit.raw('/sign-in', {
      method: 'POST',
      body: new URLSearchParams({ customer: 'cus_jane' }),
    });
    expect(response.headers.getSetCookie()).toHaveLength(1);
    expect((await visit.get('/cart')).text).toContain('Oak desk lamp');
  });
});

describe('what the pages tell the assistant', () => {
  it('is nothing about a stranger who only looks', async () => {
    const { facts } = await visit.get('/');
    expect(facts).toEqual({ signedIn: false, context: {}, events: [] });
  });

  it('is the product that is looked at, and the cart', async () => {
    const seen = await visit.get('/products/linen-pendant');
    expect(seen.facts.events).toEqual([{ name: 'product_viewed', data: { sku: 'linen-pendant' } }]);
    const { facts } = await addLamp('2');
    expect(facts.context).toEqual({
      cart: {
        items: [{ sku: 'oak-desk-lamp', name: 'Oak desk lamp', quantity: 2, priceCents: 12900 }],
        totalCents: 25800,
        currency: 'GBP',
      },
    });
    expect((await visit.get('/checkout')).facts.events).toEqual([{ name: 'checkout_started', data: {} }]);
  });

  it('is the order of the page without its private parts, and the unfinished return on every page', async () => {
    const home = await asJane();
    const open = {
      id: 'R-2041',
      orderNumber: '10427',
      item: { name: 'Oak desk lamp', color: 'brass' },
      startedAt: '2026-07-13T23:30:00.000Z',
      step: 'method',
    };
    expect(home.facts).toEqual({ signedIn: true, context: { return: open }, events: [] });
    const { facts } = await visit.get('/orders/10498');
    expect(facts.context).toEqual({
      order: {
        number: '10498',
        status: 'dispatched',
        estimatedDelivery: '2026-07-17',
        items: [{ sku: 'oak-side-table', name: 'Oak side table', color: 'smoked', quantity: 1 }],
      },
      return: open,
    });
  });
});

describe('paying', () => {
  it.each([
    ['4000 0000 0000 0002', 'insufficient_funds'],
    ['4000000000000069', 'expired_card'],
    ['4000-0000-0000-3220', '3ds_failed'],
  ])('card %s is declined: %s', async (card, reason) => {
    await addLamp();
    const declined = await payWith(card);
    expect(declined.status).toBe(402);
    expect(declined.facts.context.payment).toEqual({
      status: 'declined',
      reason,
      amountCents: 12900,
      last4: card.slice(-4),
    });
    expect(declined.facts.events).toEqual([{ name: 'payment_failed', data: { reason, amountCents: 12900 } }]);
    expect(declined.text).not.toContain(`value="${card}"`);
    const next = await visit.get('/checkout');
    expect(next.facts.context.payment).toMatchObject({ reason });
    expect(next.facts.events).toEqual([{ name: 'checkout_started', data: {} }]);
  });

  it('places the order under the number of the declined attempt', async () => {
    await asJane();
    await addLamp();
    await payWith('4000 0000 0000 0002');
    const placed = await payWith('4242 4242 4242 4242');
    expect(placed.path).toBe('/orders/10551?placed=1');
    expect(placed.facts.context).not.toHaveProperty('payment');
    expect(placed.facts.context).not.toHaveProperty('cart');
    const { body } = await ask(shop, 'payments.list', { orderNumber: '10551' });
    expect(body.payments).toMatchObject([
      { status: 'declined', reason: 'insufficient_funds', last4: '0002' },
      { status: 'captured', reason: null, last4: '4242' },
    ]);
    expect((await ask(shop, 'orders.cancel', { number: '10551' })).body).toMatchObject({
      refundCents: 12900,
    });
  });

  it('knows no other cards, and asks for what is missing', async () => {
    await addLamp();
    expect((await payWith('4111 1111 1111 1111')).text).toContain('not one of the cards');
    expect((await visit.post('/checkout', { email: 'sam' })).text).toContain('e-mail address such as');
  });

  it('lets a guest see their order, and nobody else', async () => {
    await addLamp();
    const { path } = await payWith('4242 4242 4242 4242');
    expect((await visit.get(path)).status).toBe(200);
    const stranger = new Visit(shop);
    expect((await stranger.get(path)).status).toBe(404);
    await stranger.post('/sign-in', { customer: 'cus_mateo' });
    expect((await stranger.get('/orders/10498')).status).toBe(404);
    expect((await stranger.post('/orders/10498/cancel')).status).toBe(404);
  });
});

describe('returning', () => {
  it('goes on where Jane stopped yesterday', async () => {
    await asJane();
    expect((await visit.get('/returns/R-2041')).text).toContain('We collect it');
    const dates = await visit.post('/returns/R-2041/method', { method: 'pickup' });
    expect(dates.facts.context.return).toMatchObject({ step: 'date' });
    const done = await visit.post('/returns/R-2041/date', { date: '2026-07-17' });
    expect(done.text).toContain('Friday 17 July');
    expect(done.facts.context).not.toHaveProperty('return');
    expect((await visit.post('/returns/R-2041/method', { method: 'dropoff' })).status).toBe(409);
    expect((await ask(shop, 'returns.find', { id: 'R-2041' })).body.return).toMatchObject({
      status: 'label_sent',
      method: 'pickup',
      date: '2026-07-17',
    });
  });

  it('is remembered for a guest who begins one', async () => {
    expect((await visit.post('/returns/find', { number: '10391', postcode: 'BS9 9ZZ' })).status).toBe(404);
    expect((await visit.post('/returns/find', { number: '10427', postcode: 'BS6 5JW' })).status).toBe(404);
    const found = await visit.post('/returns/find', { number: '10391', postcode: 'bs14st' });
    expect(found.path).toBe('/returns/new?order=10391');
    const started = await visit.post('/returns', {
      orderNumber: '10391',
      item: 'globe-table-lamp/amber',
      reason: 'damaged',
    });
    expect(started.path).toBe('/returns/R-2042');
    expect(started.facts.events).toEqual([{ name: 'return_started', data: { orderNumber: '10391' } }]);
    expect((await visit.get('/')).facts).toEqual({
      signedIn: false,
      context: {
        return: {
          id: 'R-2042',
          orderNumber: '10391',
          item: { name: 'Globe table lamp', color: 'amber' },
          startedAt: '2026-07-14T23:30:00.000Z',
          step: 'method',
        },
      },
      events: [],
    });
    expect((await new Visit(shop).get('/returns/R-2042')).status).toBe(404);
    expect((await visit.post('/returns/R-2042/method', { method: 'dropoff' })).text).toContain('All set');
  });

  it('ends 30 days after delivery', async () => {
    await shop.close();
    const clock = new FakeClock({ epochMs: NOW });
    shop = await openShop({ clock });
    visit = new Visit(shop);
    await asJane();
    expect((await visit.get('/returns/new?order=10402')).status).toBe(200);
    clock.advance(11 * 24 * 3_600_000);
    expect((await visit.get('/returns/new?order=10402')).status).toBe(404);
  });

  it('cannot begin twice for the same thing', async () => {
    await asJane();
    const again = { orderNumber: '10427', item: 'oak-desk-lamp/brass', reason: 'damaged' };
    expect((await visit.post('/returns', again)).status).toBe(409);
  });
});

describe('the back office', () => {
  it('shows what calls and visitors have changed, and puts everything back', async () => {
    await asJane();
    await addLamp();
    await ask(shop, 'orders.cancel', { number: '10512' }, { key: 'k' });
    expect((await visit.get('/back-office')).text).toContain('Cancelled');
    const after = await visit.post('/back-office/reset');
    expect(after.text).not.toContain('Cancelled');
    expect(after.facts).toMatchObject({ signedIn: true, context: { return: { id: 'R-2041' } } });
    expect(after.facts.context).not.toHaveProperty('cart');
    expect((await ask(shop, 'orders.cancel', { number: '10512' }, { key: 'k' })).status).toBe(200);
    expect((await visit.get('/orders/10512')).text).toContain('Cancelled');
  });
});

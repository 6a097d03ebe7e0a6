import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type DatabasePlace,
  openPostgresServer,
  type PostgresServer,
  postgresMissing,
  postgresPlace,
} from '../../../fakes/databases.ts';
import { openSqlShop, type SqlShop } from '../../../fakes/sqlShop.ts';

describe.skipIf(postgresMissing)('the SQL connector', () => {
  let server: PostgresServer;
  let place: DatabasePlace;
  let shop: SqlShop;
  beforeAll(async () => {
    server = await openPostgresServer();
    place = await postgresPlace(server.url);
    if (!('url' in place.at)) throw new TypeError('no address');
    shop = await openSqlShop(place.at.url);
  }, 60_000);
  afterAll(async () => {
    await shop?.close();
    await place?.remove();
    await server?.close();
  });

  const jane = { customerId: 'cus_jane' };
  const call = (operation: string, args = {}, more = {}) =>
    shop.connector.call({ operation, args, subject: jane, ...more });

  it('answers rows as plain data: days as days, numbers as numbers', async () => {
    expect(await call('orders.find', { number: '10427' })).toEqual({
      order: { number: '10427', status: 'delivered', placedOn: '2026-07-01', total: 129.9, items: 2 },
    });
    expect(await call('orders.list')).toEqual({
      orders: [{ number: '10427' }, { number: '10498' }, { number: '10512' }],
    });
  });

  it('knows whom it is asked about', async () => {
    const { order } = await call('orders.find', { number: '10427' }, { subject: { customerId: null } });
    expect(order).toMatchObject({ placedOn: null, total: null });
  });

  it.each(["' or true --", "10427'; drop table orders; --", '$1', ':number', 'a\\', '10427" "'])(
    'takes %j for a value, and for nothing else',
    async (number) => {
      await expect(call('orders.find', { number })).rejects.toMatchObject({ detail: 'not_found' });
      expect(await shop.sql('select count(*)::int as n from orders')).toEqual([{ n: 4 }]);
    },
  );

  it('passes values through unharmed', async () => {
    const text = 'a\'b"c\\d;--é\n';
    expect(await call('orders.echo', { text, data: { list: [1, text] } })).toEqual({
      text,
      data: { list: [1, text] },
      none: null,
    });
    await expect(call('orders.echo', { text: 'a\0b', data: {} })).rejects.toMatchObject({
      code: 'CONNECTOR_FAILED',
    });
  });

  it('refuses when there is no row, and when a constraint says so', async () => {
    await expect(call('orders.find', { number: '1' })).rejects.toMatchObject({ detail: 'not_found' });
    await expect(
      call('orders.send', { number: '10498', status: 'nowhere' }, { idempotencyKey: 'constraint' }),
    ).rejects.toMatchObject({ code: 'CONNECTOR_REFUSED', detail: 'not_possible' });
    expect(await call('orders.find', { number: '10498' })).toMatchObject({ order: { status: 'dispatched' } });
  });

  it('lets no look-up change anything', async () => {
    await expect(call('orders.sneak')).rejects.toMatchObject({ code: 'CONNECTOR_FAILED' });
    expect(await shop.sql('select count(*)::int as n from orders')).toEqual([{ n: 4 }]);
  });

  it.each(['orders.break', 'orders.many', 'orders.large'])(
    'fails on %s without a word of its data',
    async (name) => {
      const error = await call(name).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'CONNECTOR_FAILED' });
      expect((error as Error).cause).toBeUndefined();
    },
  );

  it('gives up on a slow statement, in the database too', async () => {
    await expect(call('orders.slow')).rejects.toMatchObject({
      code: 'CONNECTOR_FAILED',
      detail: 'SQLSTATE 57014',
    });
  });

  it('gives up when told to, and goes on with the next', async () => {
    const giveUp = new AbortController();
    const slow = call('orders.slow', {}, { signal: giveUp.signal });
    setImmediate(() => giveUp.abort());
    await expect(slow).rejects.toMatchObject({ detail: 'the request was given up' });
    expect(await call('shop.hours')).toEqual({ hours: { monday: [9, 17] } });
  });

  it('does an action once for one key, also when it is asked twice at once', async () => {
    const once = () => call('orders.slowly', { number: '10427' }, { idempotencyKey: 'slowly' });
    expect(await Promise.all([once(), once(), once()])).toEqual([{ items: 3 }, { items: 3 }, { items: 3 }]);
    expect(await once()).toEqual({ items: 3 });
    await expect(
      call('orders.slowly', { number: '10498' }, { idempotencyKey: 'slowly' }),
    ).rejects.toMatchObject({
      code: 'CONNECTOR_FAILED',
    });
  });

  it('remembers nothing of an action that was refused', async () => {
    const cancel = () => call('orders.cancel', { number: '20001' }, { idempotencyKey: 'sam' });
    await expect(cancel()).rejects.toMatchObject({ detail: 'already_dispatched' });
    await expect(cancel()).rejects.toMatchObject({ detail: 'already_dispatched' });
    expect(await shop.sql("select count(*)::int as n from segue_actions where key = 'sam'")).toEqual([
      { n: 0 },
    ]);
  });

  it('does many actions without a key at their word', async () => {
    await call('orders.count', { number: '10498' });
    expect(await call('orders.count', { number: '10498' })).toEqual({ items: 4 });
  });

  it('works again after its connections were cut', async () => {
    await call('shop.hours');
    await shop.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'segue' and datname = current_database()",
    );
    // Each of them may be asked once before it is known to be cut.
    await expect.poll(() => call('shop.hours').catch(() => null)).toEqual({ hours: { monday: [9, 17] } });
  });
});

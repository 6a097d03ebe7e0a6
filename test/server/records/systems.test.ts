import { describe, expect, test } from 'vitest';
import { Breaker } from '../../../server/records/breaker.ts';
import { Outbox } from '../../../server/records/outbox.ts';
import { Systems } from '../../../server/records/systems.ts';
import { compileSystems } from '../../../server/records/systemsCompiler.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { MemoryOutboxStore } from '../../fakes/outboxStore.ts';
import { ScriptedSystem } from '../../fakes/systems.ts';

const PLAN = compileSystems(
  {
    name: 'systems.yaml',
    text: `
connectors:
  crm:
    kind: http
    url: https://crm.example
    keyEnv: KEY
    breaker: { failures: 2, open: 10s }
    operations:
      customer.overview: { keep: { fresh: 10s, stale: 1m, expired: 1h } }
      tickets.create: { writes: true, defer: true, invalidates: [customer.overview] }
      tickets.close: { writes: true, invalidates: [customer.overview] }
  stock:
    kind: http
    url: https://stock.example
    keyEnv: KEY
    serves: [stock]
`,
  },
  { KEY: 'k' },
);

function open() {
  const clock = new FakeClock();
  const crm = new ScriptedSystem('crm');
  const stock = new ScriptedSystem('stock');
  const breakers = new Map(
    [crm, stock].map((system) => [system.name, new Breaker(system, { failures: 2, openMs: 10_000 }, clock)]),
  );
  const outbox: Outbox = new Outbox({
    store: new MemoryOutboxStore(),
    perform: (_site, request) => systems.perform(request),
    clock,
  });
  const changes: unknown[] = [];
  const onChanged = (...change: unknown[]): void => void changes.push(change);
  const systems: Systems = new Systems({ siteKey: 'shop', plan: PLAN, breakers, outbox, clock, onChanged });
  const subject = { customerId: 'cus_jane' };
  const overview = () => systems.tell({ operation: 'customer.overview', args: {}, subject });
  let keys = 0;
  const act = (operation: string, args = {}) =>
    systems.tell({ operation, args, subject, idempotencyKey: `key ${++keys}` });
  return { clock, crm, stock, systems, overview, act, subject, changes };
}

describe('the systems of a site', () => {
  test('are asked each for its own', async () => {
    const { systems, crm, stock, subject } = open();
    await systems.call({ operation: 'customer.overview', args: {}, subject });
    await systems.call({ operation: 'stock.count', args: {}, subject });
    await expect(systems.call({ operation: 'weather.now', args: {}, subject })).rejects.toMatchObject({
      code: 'CONNECTOR_FAILED',
    });
    expect([crm.requests.length, stock.requests.length]).toEqual([1, 1]);
  });

  test('say what an action has changed, so that other servers know', async () => {
    const { act, changes } = open();
    await act('tickets.close');
    expect(changes).toEqual([[['customer.overview'], 'cus_jane']]);
  });

  test('one that is out leaves the others alone, answers from what is known, and is left alone', async () => {
    const { clock, systems, crm, stock, overview, subject } = open();
    crm.answers(() => ({ orders: 1 }));
    await overview();
    crm.isOut();
    clock.advance(120_000);
    for (let i = 0; i < 5; i++) {
      expect(await overview()).toMatchObject({ data: { orders: 1 }, state: 'stale' });
    }
    expect(crm.requests).toHaveLength(3);
    expect([...systems.states()]).toEqual([
      ['crm', 'open'],
      ['stock', 'closed'],
    ]);
    stock.answers(() => ({ count: 3 }));
    expect(await systems.call({ operation: 'stock.count', args: {}, subject })).toEqual({ count: 3 });
  });
});

describe('actions', () => {
  test('have what they change asked anew', async () => {
    const { crm, overview, act } = open();
    crm.answers(() => ({ tickets: 1 }));
    await overview();
    crm.answers(() => ({ tickets: 2 }));
    expect(await act('tickets.close')).toMatchObject({ state: 'current' });
    expect((await overview()).data).toMatchObject({ tickets: 2 });
  });

  test('that may be deferred are noted while the system is out, and seen in the call at once', async () => {
    const { clock, crm, overview, act } = open();
    crm.answers(() => ({ tickets: 1 }));
    expect((await overview()).data).toEqual({ tickets: 1, pending: [] });
    crm.isOut();
    expect(await act('tickets.create', { text: 'Hello' })).toMatchObject({
      state: 'deferred',
      data: { text: 'Hello' },
    });
    const told = await overview();
    expect(told).toMatchObject({
      state: 'stale',
      data: { tickets: 1, pending: [{ operation: 'tickets.create', args: { text: 'Hello' } }] },
    });
    crm.answers(() => ({ tickets: 2 }));
    await clock.advanceAsync(30_000);
    expect(await overview()).toMatchObject({ state: 'current', data: { tickets: 2, pending: [] } });
  });

  test('that may not be deferred fail honestly', async () => {
    const { crm, act } = open();
    crm.isOut();
    await expect(act('tickets.close')).rejects.toMatchObject({ code: 'CONNECTOR_FAILED' });
  });

  test('of one customer are not seen by another', async () => {
    const { crm, systems, act } = open();
    crm.isOut();
    await act('tickets.create', { text: 'Jane’s' });
    crm.answers(() => ({ tickets: 0 }));
    const other = { operation: 'customer.overview', args: {}, subject: { customerId: 'cus_sam' } };
    expect((await systems.tell(other)).data).toEqual({ tickets: 0, pending: [] });
  });
});

import { describe, expect, test } from 'vitest';
import { compilePath } from '../../../server/records/mapping.ts';
import type { OperationRules } from '../../../server/records/plan.ts';
import { PATIENCE_MS, Replica } from '../../../server/records/replica.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { rulesOf, ScriptedSystem } from '../../fakes/systems.ts';

const KEEP = { freshMs: 1_000, staleMs: 60_000, expiredMs: 3_600_000, fields: new Map<string, number>() };
const JANE = { customerId: 'cus_jane' };
const find = (number = '1', subject: { customerId: string | null } = JANE) => ({
  operation: 'orders.find',
  args: { number },
  subject,
});

function replicaWith(rules: Partial<OperationRules> = {}) {
  const clock = new FakeClock();
  const system = new ScriptedSystem();
  const failures: string[] = [];
  const replica = new Replica({
    inner: system,
    rules: new Map([['orders.find', rulesOf('orders.find', { keep: KEEP, ...rules })]]),
    clock,
    onFailure: (operation, { code }) => failures.push(`${operation} ${code}`),
  });
  let version = 0;
  system.answers(() => ({ version: ++version }));
  const read = async (request = find()) => {
    const { data, state, asOfMs } = await replica.read(request);
    return { version: data.version, state, ageMs: clock.epochMs() - asOfMs };
  };
  return { clock, system, replica, failures, read };
}

describe('a replica', () => {
  test('tells a fresh answer without asking', async () => {
    const { clock, read, system } = replicaWith();
    await read();
    clock.advance(999);
    expect(await read()).toEqual({ version: 1, state: 'current', ageMs: 999 });
    expect(system.requests).toHaveLength(1);
  });

  test('tells an older one at once, and asks behind the caller’s back', async () => {
    const { clock, read, system } = replicaWith();
    await read();
    clock.advance(30_000);
    const answer = system.hangs();
    expect(await read()).toEqual({ version: 1, state: 'current', ageMs: 30_000 });
    answer({ version: 2 });
    await clock.advanceAsync(0);
    expect(await read()).toMatchObject({ version: 2 });
    expect(system.requests).toHaveLength(2);
  });

  test('tells a stale one with its age when the system is slow, and the new one next time', async () => {
    const { clock, read, system } = replicaWith();
    await read();
    clock.advance(600_000);
    const answer = system.hangs();
    const told = read();
    await clock.advanceAsync(PATIENCE_MS);
    expect(await told).toEqual({ version: 1, state: 'stale', ageMs: 600_000 + PATIENCE_MS });
    answer({ version: 2 });
    await clock.advanceAsync(0);
    expect(await read()).toMatchObject({ version: 2, state: 'current' });
    expect(clock.pending).toBe(0);
  });

  test('gives the new one later to whoever was told the old one', async () => {
    const { clock, replica, read, system } = replicaWith();
    await read();
    clock.advance(600_000);
    const answer = system.hangs();
    const told = replica.read(find());
    await clock.advanceAsync(PATIENCE_MS);
    const { data, newer } = await told;
    answer({ version: 2 });
    expect([data, (await newer)?.data, (await newer)?.state]).toEqual([
      { version: 1 },
      { version: 2 },
      'current',
    ]);
  });

  test('tells a stale one at once when the system is out', async () => {
    const { clock, read, system, failures } = replicaWith();
    await read();
    clock.advance(600_000);
    system.isOut();
    expect(await read()).toEqual({ version: 1, state: 'stale', ageMs: 600_000 });
    expect(failures).toEqual(['orders.find CONNECTOR_FAILED']);
    expect(clock.pending).toBe(0);
  });

  test('waits for the new one when the system is quick', async () => {
    const { clock, read } = replicaWith();
    await read();
    clock.advance(600_000);
    expect(await read()).toEqual({ version: 2, state: 'current', ageMs: 0 });
  });

  test('never tells an expired one', async () => {
    const { clock, read, system } = replicaWith();
    await read();
    clock.advance(3_600_000);
    system.isOut();
    await expect(read()).rejects.toMatchObject({ code: 'CONNECTOR_FAILED' });
  });

  test('asks once for one question, however many ask and whatever the order of arguments', async () => {
    const { replica, system } = replicaWith();
    const answer = system.hangs();
    const ask = (args: object) => replica.read({ ...find(), args: { ...args } });
    const told = [ask({ a: 1, b: 2 }), ask({ b: 2, a: 1 }), ask({ a: 1, b: 2 })];
    answer({ version: 1 });
    expect((await Promise.all(told)).map(({ data }) => data.version)).toEqual([1, 1, 1]);
    expect(system.requests).toHaveLength(1);
  });

  test('one who gives up does not take the answer from the others', async () => {
    const { replica, system } = replicaWith();
    const answer = system.hangs();
    const giveUp = new AbortController();
    const first = replica.read({ ...find(), signal: giveUp.signal });
    const second = replica.read(find());
    giveUp.abort();
    await expect(first).rejects.toMatchObject({ code: 'CONNECTOR_FAILED' });
    answer({ version: 1 });
    expect((await second).data).toEqual({ version: 1 });
  });

  test('never tells one customer what it knows of another', async () => {
    const { read } = replicaWith();
    expect(await read(find('1', JANE))).toMatchObject({ version: 1 });
    expect(await read(find('1', { customerId: 'cus_sam' }))).toMatchObject({ version: 2 });
    expect(await read(find('1', { customerId: null }))).toMatchObject({ version: 3 });
    expect(await read(find('1', JANE))).toMatchObject({ version: 1 });
  });

  test('passes a refusal on, and tells no longer what it refused', async () => {
    const { clock, read, system } = replicaWith();
    await read();
    clock.advance(600_000);
    system.refuses('not_found');
    await expect(read()).rejects.toMatchObject({ code: 'CONNECTOR_REFUSED', detail: 'not_found' });
    system.isOut();
    await expect(read()).rejects.toMatchObject({ code: 'CONNECTOR_FAILED' });
  });

  test('an answer is the caller’s own: what they do to it reaches nobody else', async () => {
    const { replica } = replicaWith();
    (await replica.read(find())).data.version = 'spoilt';
    expect((await replica.read(find())).data.version).toBe(1);
  });
});

describe('changes', () => {
  test('by the system itself: the old one is told with its age, and only when there is nothing newer', async () => {
    const { clock, read, replica, system } = replicaWith();
    await read();
    expect(replica.outdate(new Set(['orders.find']), 'cus_jane')).toBe(1);
    system.isOut();
    expect(await read()).toMatchObject({ version: 1, state: 'stale' });
    system.answers(() => ({ version: 7 }));
    expect(await read()).toMatchObject({ version: 7, state: 'current' });
    expect(clock.pending).toBe(0);
  });

  test('of one customer leave the others alone', async () => {
    const { read, replica, system } = replicaWith();
    await read(find('1', { customerId: 'cus_sam' }));
    expect(replica.outdate(null, 'cus_jane')).toBe(0);
    await read(find('1', { customerId: 'cus_sam' }));
    expect(system.requests).toHaveLength(1);
    expect(replica.outdate(null, undefined)).toBe(1);
  });

  test('of our own: the old one is told never again', async () => {
    const { read, replica, system } = replicaWith();
    await read();
    replica.forget(new Set(['orders.find']), 'cus_jane');
    system.isOut();
    await expect(read()).rejects.toMatchObject({ code: 'CONNECTOR_FAILED' });
  });

  test('what was asked before a change is not kept as an answer after it', async () => {
    const { read, replica, system } = replicaWith();
    const before = system.hangs();
    const told = read();
    replica.forget(new Set(['orders.find']), 'cus_jane');
    before({ version: 'before' });
    expect(await told).toMatchObject({ version: 'before' });
    system.answers(() => ({ version: 'after' }));
    expect(await read()).toMatchObject({ version: 'after' });
  });
});

describe('freshness of fields', () => {
  test('a field that goes stale sooner has the whole asked again', async () => {
    const { clock, read, system } = replicaWith({
      keep: { ...KEEP, fields: new Map([['stock', 5_000]]) },
    });
    await read();
    clock.advance(6_000);
    system.isOut();
    expect(await read()).toMatchObject({ version: 1, state: 'stale', ageMs: 6_000 });
  });

  test('a field that tells its own time is judged by that, however new the answer is', async () => {
    const { clock, replica, system } = replicaWith({
      keep: { ...KEEP, fields: new Map([['stock', 600_000]]) },
      asOf: new Map([['stock', compilePath('$.stock.countedAt')]]),
    });
    const countedAt = (agoMs: number) => new Date(clock.epochMs() - agoMs).toISOString();
    system.answers(() => ({ stock: { count: 3, countedAt: countedAt(60_000) } }));
    expect(await replica.read(find('1'))).toMatchObject({
      state: 'current',
      asOfMs: clock.epochMs() - 60_000,
    });
    system.answers(() => ({ stock: { count: 3, countedAt: countedAt(3_600_000) } }));
    expect(await replica.read(find('2'))).toMatchObject({
      state: 'stale',
      fieldsAsOfMs: { stock: clock.epochMs() - 3_600_000 },
    });
    system.answers(() => ({ stock: { countedAt: 'never' } }));
    expect(await replica.read(find('3'))).toMatchObject({ state: 'current', fieldsAsOfMs: {} });
  });
});

describe('warming', () => {
  test('asks when a session opens, so that the first turn does not', async () => {
    const { clock, replica, system } = replicaWith({ prewarm: 'customer' });
    replica.prewarm({ customerId: null });
    expect(system.requests).toHaveLength(0);
    replica.prewarm(JANE);
    await clock.advanceAsync(0);
    expect((await replica.read({ ...find(), args: {} })).data).toEqual({ version: 1 });
    expect(system.requests).toHaveLength(1);
  });
});

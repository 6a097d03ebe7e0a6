import { describe, expect, test } from 'vitest';
import {
  type Recalled,
  Rehydration,
  type RehydrationSource,
  systemSource,
} from '../../../server/context/rehydration.ts';
import { Session } from '../../../server/context/session.ts';
import type { Connector, Told } from '../../../server/records/connector.ts';
import { SegueError } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { FakeClock } from '../../fakes/clock.ts';

function rehydrationFrom(connector: Connector, clock: FakeClock, failures: string[] = []): Rehydration {
  return new Rehydration({
    sourcesOf: () => [systemSource(connector, 'customer.overview')],
    clock,
    onFailure: (_session, _source, { code }) => failures.push(code),
  });
}

function connectorThat(answer: () => Promise<JsonObject>): Connector {
  return { name: 'fake', call: answer, close: async () => {} };
}

function signedIn(clock: FakeClock): Session {
  const session = new Session({ id: 'ses_1', siteKey: 'demo', language: 'en', clock });
  session.identify('cus_1', {});
  return session;
}

describe('rehydration', () => {
  test('brings what the systems know of a signed-in visitor as signed facts', async () => {
    const clock = new FakeClock();
    const session = signedIn(clock);
    const connector = connectorThat(async () => ({ orders: [{ number: '10427' }] }));
    const outcome = await rehydrationFrom(connector, clock).finish(session);
    expect(outcome).toMatchObject({ overview: 'inTime', facts: ['orders'] });
    expect(session.facts().orders).toMatchObject({ source: 'signed', value: [{ number: '10427' }] });
    expect(clock.pending).toBe(0);
  });

  test('asks nothing about an anonymous visitor', async () => {
    const clock = new FakeClock();
    const session = new Session({ id: 'ses_1', siteKey: 'demo', language: 'en', clock });
    const connector = connectorThat(() => Promise.reject(new Error('was asked')));
    expect((await rehydrationFrom(connector, clock).finish(session)).overview).toBeNull();
  });

  test('waits 300 ms at the most; what comes later reaches the session all the same', async () => {
    const clock = new FakeClock();
    const session = signedIn(clock);
    const late = Promise.withResolvers<JsonObject>();
    const rehydrated = rehydrationFrom(
      connectorThat(() => late.promise),
      clock,
    ).finish(session);
    await clock.advanceAsync(300);
    expect(await rehydrated).toMatchObject({ overview: 'late', durationMs: 300, facts: [] });
    late.resolve({ orders: [] });
    await clock.advanceAsync(0);
    expect(session.facts().orders?.value).toEqual([]);
  });

  test('goes on without a system that fails, and says so', async () => {
    const clock = new FakeClock();
    const failures: string[] = [];
    const connector = connectorThat(() => Promise.reject(new SegueError('CONNECTOR_FAILED')));
    const outcome = await rehydrationFrom(connector, clock, failures).finish(signedIn(clock));
    expect(outcome.overview).toBe('failed');
    expect(failures).toEqual(['CONNECTOR_FAILED']);
  });

  test('begins when the session opens, so that a call asks no second time', async () => {
    const clock = new FakeClock();
    const session = signedIn(clock);
    let asked = 0;
    const connector = connectorThat(async () => {
      asked += 1;
      return { orders: [] };
    });
    const rehydration = rehydrationFrom(connector, clock);
    rehydration.begin(session);
    await clock.advanceAsync(0);
    clock.advance(5_000);
    expect(await rehydration.finish(session)).toMatchObject({ overview: 'inTime', durationMs: 0 });
    expect(asked).toBe(1);
    clock.advance(15_000);
    await rehydration.finish(session);
    expect(asked).toBe(2);
  });

  test('learns nothing that was asked before it was known who it is', async () => {
    const clock = new FakeClock();
    const session = new Session({ id: 'ses_1', siteKey: 'demo', language: 'en', clock });
    const slow = Promise.withResolvers<Recalled>();
    const asked = [slow.promise, Promise.resolve({ facts: { 'memory.contacts': 1 } })];
    const rehydration = new Rehydration({
      sourcesOf: () => [
        { name: 'memory', deadlineMs: 300, trust: 'inferred', ask: () => asked.shift() ?? null },
      ],
      clock,
      onFailure: () => {},
    });
    rehydration.begin(session);
    session.prove('cus_1');
    rehydration.forget(session);
    await rehydration.finish(session);
    slow.resolve({ facts: { 'memory.contacts': 9, 'memory.unfinished': [] } });
    await clock.advanceAsync(0);
    expect(session.facts()).toMatchObject({ 'memory.contacts': { value: 1 } });
    expect(session.facts()['memory.unfinished']).toBeUndefined();
  });

  test('waits for each source as long as that one deserves, and tells how each went', async () => {
    const clock = new FakeClock();
    const session = signedIn(clock);
    const slow = Promise.withResolvers<Recalled>();
    const source = (name: string, deadlineMs: number, ask: RehydrationSource['ask']): RehydrationSource => ({
      name,
      deadlineMs,
      trust: 'signed',
      ask,
    });
    const rehydration = new Rehydration({
      sourcesOf: () => [
        source('memory', 200, async () => ({ facts: { promises: [] } })),
        source('tickets', 100, () => slow.promise),
        source('broken', 300, () => {
          throw new Error('at once');
        }),
        source('nothing', 300, () => null),
      ],
      clock,
      onFailure: () => {},
    });
    const rehydrated = rehydration.finish(session);
    await clock.advanceAsync(100);
    expect(await rehydrated).toEqual({
      durationMs: 100,
      facts: ['promises'],
      overview: 'failed',
      sources: { memory: 'inTime', tickets: 'late', broken: 'failed' },
    });
    slow.resolve({ facts: { tickets: [] }, asOfMs: 5 });
    await clock.advanceAsync(0);
    expect(session.facts().tickets).toMatchObject({ value: [], observedAt: 5 });
    expect(clock.pending).toBe(0);
  });

  test('old facts that are told at once are replaced by the new ones in the running call', async () => {
    const clock = new FakeClock();
    const session = signedIn(clock);
    const now = Promise.withResolvers<Told>();
    const told = (orders: number, more: Partial<Told> = {}): Told => ({
      data: { orders },
      state: 'stale',
      asOfMs: 5,
      fieldsAsOfMs: {},
      ...more,
    });
    const connector: Connector = {
      ...connectorThat(async () => ({})),
      tell: async () => told(1, { newer: now.promise }),
    };
    await rehydrationFrom(connector, clock).finish(session);
    expect(session.facts().orders).toMatchObject({ value: 1, observedAt: 5 });
    now.resolve(told(2, { asOfMs: 9 }));
    await clock.advanceAsync(0);
    expect(session.facts().orders).toMatchObject({ value: 2, observedAt: 9 });
  });

  test('does not greet later because a system takes five seconds', async () => {
    for (const delayMs of [10, 5_000]) {
      const clock = new FakeClock();
      const connector = connectorThat(
        () => new Promise((resolve) => clock.after(delayMs, () => resolve({ orders: [] }))),
      );
      const session = signedIn(clock);
      const rehydrated = rehydrationFrom(connector, clock).finish(session);
      await clock.advanceAsync(300);
      expect((await rehydrated).durationMs).toBe(Math.min(delayMs, 300));
      await clock.advanceAsync(5_000);
      expect(session.facts().orders?.value).toEqual([]);
    }
  });
});

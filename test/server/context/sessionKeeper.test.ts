import { beforeEach, describe, expect, test } from 'vitest';
import { namingHandle } from '../../../server/context/people/people.ts';
import type { Session } from '../../../server/context/session.ts';
import { SessionKeeper } from '../../../server/context/sessionKeeper.ts';
import { SESSION_IDLE_MS, Sessions } from '../../../server/context/sessions.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { MemorySessionStore } from '../../fakes/keptStores.ts';

let clock: FakeClock;
let store: MemorySessionStore;
beforeEach(() => {
  clock = new FakeClock();
  store = new MemorySessionStore();
});

/** The sessions of one process. */
function processOf(): { sessions: Sessions; found: Session[] } {
  const found: Session[] = [];
  const keeper = new SessionKeeper({ store, clock, idleMs: SESSION_IDLE_MS });
  return { sessions: new Sessions(clock, { keeper, onFound: (session) => found.push(session) }), found };
}

async function opened(): Promise<Session> {
  const session = processOf().sessions.open({
    siteKey: 'shop',
    language: 'de',
    languageIsGuess: true,
    handles: [namingHandle('email', 'jane@example.com', 'signed')],
  });
  session.viewPage({ url: 'https://shop.example/cart', title: 'Cart', referrer: '', language: 'de' });
  session.replaceClaims({ cart: { total: 41.9 }, step: 'payment' });
  session.identify('cus_jane', { 'customer.name': 'Jane' });
  session.learn('caller', { wish: 'call me' });
  session.track('payment_failed', { code: 'card_declined' });
  await clock.advanceAsync(100);
  return session;
}

describe('a session whose process is lost', () => {
  test('is found by another as it was: facts with source and time, events, who it is', async () => {
    const before = await opened();
    clock.advance(60_000);
    const { sessions, found } = processOf();
    const after = await sessions.find(before.id);
    expect(after).not.toBe(before);
    expect(after.snapshot()).toEqual(before.snapshot());
    expect(after.facts()).toEqual(before.facts());
    expect(after).toMatchObject({ siteKey: 'shop', language: 'de', languageIsGuess: true });
    expect(after.subject).toEqual({ customerId: 'cus_jane' });
    expect(found).toEqual([after]);
    expect(await sessions.find(before.id)).toBe(after);
  });

  test('goes on from there: what the page claims no longer is forgotten', async () => {
    const before = await opened();
    const session = await processOf().sessions.find(before.id);
    session.replaceClaims({ step: 'done' });
    expect(session.facts().cart).toBeUndefined();
    await clock.advanceAsync(100);
    const again = await processOf().sessions.find(before.id);
    expect(again.facts().step?.value).toBe('done');
    expect(again.facts().cart).toBeUndefined();
  });

  test('is one, however many ask for it at once', async () => {
    const { id } = await opened();
    const { sessions, found } = processOf();
    const [one, other] = await Promise.all([sessions.find(id), sessions.find(id)]);
    expect(one).toBe(other);
    expect(found).toHaveLength(1);
  });

  test('is not known after two idle hours, and when it was never kept', async () => {
    const { id } = await opened();
    clock.advance(SESSION_IDLE_MS + 1);
    await expect(processOf().sessions.find(id)).rejects.toMatchObject({ code: 'SESSION_UNKNOWN' });
    await expect(processOf().sessions.find('ses_x')).rejects.toMatchObject({ code: 'SESSION_UNKNOWN' });
  });

  test('cannot be read: it is as if it were not known', async () => {
    const { id } = await opened();
    const kept = store.kept.get(id);
    store.kept.set(id, { ...(kept as NonNullable<typeof kept>), data: { session: { facts: 3 } } });
    await expect(processOf().sessions.find(id)).rejects.toMatchObject({ code: 'SESSION_UNKNOWN' });
  });

  test('may be found later, when the database is gone', async () => {
    const { id } = await opened();
    store.gone = true;
    const { sessions } = processOf();
    await expect(sessions.find(id)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    store.gone = false;
    expect((await sessions.find(id)).id).toBe(id);
  });
});

describe('a session that is only looked at', () => {
  test('is what its own process has made of it by then; nothing is written, asked or kept in memory for it', async () => {
    const session = await opened();
    const { sessions, found } = processOf();
    expect((await sessions.look(session.id)).facts()).toEqual(session.facts());
    session.learn('caller', { colour: 'green' });
    await clock.advanceAsync(100);
    const kept = structuredClone(store.kept.get(session.id));
    const seen = await sessions.look(session.id);
    expect(seen.snapshot()).toEqual(session.snapshot());
    await clock.advanceAsync(100);
    expect(store.kept.get(session.id)).toEqual(kept);
    expect([found, sessions.size]).toEqual([[], 0]);
    await expect(sessions.look('ses_x')).rejects.toMatchObject({ code: 'SESSION_UNKNOWN' });
  });

  test('is what another process has made of it, too, when it was in use here before', async () => {
    const { id } = await opened();
    const { sessions } = processOf();
    await sessions.find(id);
    await clock.advanceAsync(100);
    (await processOf().sessions.find(id)).learn('caller', { colour: 'green' });
    await clock.advanceAsync(100);
    expect((await sessions.look(id)).facts().colour?.value).toBe('green');
  });

  test('without a database is what is known of it here', async () => {
    store.gone = true;
    const { sessions } = processOf();
    const session = sessions.open({ siteKey: 'shop', language: 'de' });
    await clock.advanceAsync(100);
    expect(await sessions.look(session.id)).toBe(session);
    await expect(sessions.look('ses_x')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });
});

test('a session goes on without a database, and is kept when that is back', async () => {
  store.gone = true;
  const session = await opened();
  expect(store.kept.size).toBe(0);
  session.learn('caller', { colour: 'green' });
  await clock.advanceAsync(2_000);
  store.gone = false;
  await clock.advanceAsync(2_000);
  expect((await processOf().sessions.find(session.id)).facts().colour?.value).toBe('green');
});

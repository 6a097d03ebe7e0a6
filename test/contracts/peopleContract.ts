import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SqlMemories } from '../../server/context/engines/sqlMemories.ts';
import { SqlPeople } from '../../server/context/engines/sqlPeople.ts';
import { Projector } from '../../server/context/memory/projector.ts';
import { recall } from '../../server/context/memory/recall.ts';
import { browserHandle, type Handle, namingHandle } from '../../server/context/people/people.ts';
import { SqlLedger } from '../../server/ledger/engines/sql.ts';
import { ledgerEvent, type NewEvent } from '../../server/ledger/event.ts';
import type { Database } from '../../server/storage/database.ts';
import { systemClock } from '../../shared/clock.ts';
import { newId } from '../../shared/ids.ts';
import type { DatabasePlace } from '../fakes/databases.ts';

const AT_MS = Date.UTC(2026, 0, 5, 9);
const user = (id: string) => namingHandle('user', id, 'signed');
const email = (address: string, proof: 'signed' | 'channel' = 'signed') =>
  namingHandle('email', address, proof);
const visitor = (id: string) => browserHandle('visitor', id);
const device = (id: string) => browserHandle('device', id);

/** What every store of people and their memories does. */
export function peopleContract(name: string, place: () => Promise<DatabasePlace>): void {
  describe(`people on ${name}`, () => {
    let at: DatabasePlace;
    let database: Database;
    let people: SqlPeople;
    let site: string;

    beforeAll(async () => {
      at = await place();
      database = await at.open();
      people = new SqlPeople(database);
    });
    afterAll(async () => {
      await database.close();
      await at.remove();
    });
    beforeEach(() => {
      site = `site-${crypto.randomUUID().slice(0, 8)}`;
    });

    const resolve = (handles: Handle[], more: { freshId?: string; freshIdUsed?: boolean } = {}) =>
      people.resolve({ site, handles, freshId: newId('per'), freshIdUsed: false, atMs: AT_MS, ...more });

    test('the same user is the same person, on another site somebody else', async () => {
      const first = await resolve([user('u1')]);
      expect(first).toMatchObject({ proven: true, people: [first.personId] });
      expect((await resolve([user('u1')])).personId).toBe(first.personId);
      expect((await resolve([user('u2')])).personId).not.toBe(first.personId);
      site = `${site}-b`;
      expect((await resolve([user('u1')])).personId).not.toBe(first.personId);
    });

    test('an anonymous visitor is recognised, and proven to be nobody', async () => {
      const first = await resolve([visitor('v1-abcdefghijkl')]);
      const again = await resolve([visitor('v1-abcdefghijkl')]);
      expect(again).toMatchObject({ personId: first.personId, proven: false, happened: [] });
    });

    test('who signs in takes the anonymous thread of this very browser along', async () => {
      const before = await resolve([visitor('v2-abcdefghijkl')]);
      const signed = await resolve([user('u1'), visitor('v2-abcdefghijkl')]);
      expect(signed.people).toEqual(expect.arrayContaining([before.personId, signed.personId]));
      expect(signed.happened).toContainEqual(
        expect.objectContaining({ kind: 'merged', from: before.personId, into: signed.personId }),
      );
      const again = await resolve([user('u1')]);
      expect(new Set(again.people)).toEqual(new Set(signed.people));
      expect(again.happened).toEqual([]);
    });

    test("a browser that somebody signed in at gives the next visitor nothing, and the next user not that one's", async () => {
      const jane = await resolve([user('jane'), visitor('v3-abcdefghijkl')]);
      const stranger = await resolve([visitor('v3-abcdefghijkl')]);
      expect(stranger).toMatchObject({ proven: false, people: [stranger.personId] });
      expect(stranger.personId).not.toBe(jane.personId);
      expect(stranger.happened).toEqual([
        { kind: 'refused', handle: 'visitor', reason: 'of_somebody_named' },
      ]);
      const john = await resolve([user('john'), visitor('v3-abcdefghijkl')]);
      expect(john.people).toEqual([john.personId]);
      expect(john.happened).toContainEqual({
        kind: 'refused',
        handle: 'visitor',
        reason: 'of_another_person',
      });
      expect((await resolve([user('jane')])).people).toEqual(jane.people);
    });

    test('a device that two people signed in at is nobody’s own', async () => {
      const own = [user('jane'), device('d1-abcdefghijkl')];
      expect((await resolve(own)).device).toBe('new');
      expect((await resolve(own)).device).toBe('own');
      expect((await resolve([user('john'), device('d1-abcdefghijkl')])).device).toBe('shared');
      expect((await resolve(own)).device).toBe('shared');
      const stranger = await resolve([device('d1-abcdefghijkl')]);
      expect(stranger).toMatchObject({ device: null, proven: false, people: [stranger.personId] });
    });

    test('an address that was only written from joins the user whose token names it', async () => {
      const writer = await resolve([email('Jane@Example.com', 'channel')]);
      const signed = await resolve([user('jane'), email('jane@example.com')]);
      expect(signed.people).toContain(writer.personId);
      expect((await resolve([email('jane@example.com', 'channel')])).personId).toBe(signed.personId);
    });

    test('an address of another user is refused', async () => {
      const jane = await resolve([user('jane'), email('jane@example.com')]);
      const john = await resolve([user('john'), email('jane@example.com')]);
      expect(john.people).not.toContain(jane.personId);
      expect(john.happened).toContainEqual(expect.objectContaining({ kind: 'refused', handle: 'email' }));
    });

    test('a name that nobody vouches for counts for nothing', async () => {
      const jane = await resolve([user('jane')]);
      const claimed = await resolve([{ kind: 'user', value: 'jane', proof: 'kept' }]);
      expect(claimed.personId).not.toBe(jane.personId);
      expect(claimed.proven).toBe(false);
    });

    test('what was written before the person was known joins them', async () => {
      const jane = await resolve([user('jane')]);
      const freshId = newId('per');
      const later = await resolve([user('jane')], { freshId, freshIdUsed: true });
      expect(later.personId).toBe(jane.personId);
      expect(later.people).toContain(freshId);
      expect((await resolve([user('jane')])).people).toContain(freshId);
    });

    test('chains of merges end at one person', async () => {
      const ids: string[] = [];
      for (const n of [1, 2, 3, 4]) {
        const name = `v5${n}-abcdefghijkl`;
        ids.push((await resolve([visitor(name)])).personId);
        await resolve([email('jane@example.com', 'channel'), visitor(name)]);
      }
      const signed = await resolve([user('jane'), email('jane@example.com')]);
      expect(signed.people).toEqual(expect.arrayContaining(ids));
      expect(new Set(await people.closure(ids[0] ?? ''))).toEqual(new Set(signed.people));
      expect(new Set(await people.find(site, { kind: 'user', value: 'jane' }))).toEqual(
        new Set(signed.people),
      );
    });

    test('the same visitor at once is one person', async () => {
      const found = await Promise.all(
        Array.from({ length: 12 }, () => resolve([user('jane'), visitor('v6-abcdefghijkl')])),
      );
      expect(new Set(found.map(({ personId }) => personId)).size).toBe(1);
      expect(await people.find(site, { kind: 'user', value: 'jane' })).toEqual([found[0]?.personId]);
    });

    test('who was forgotten comes back as somebody new', async () => {
      const jane = await resolve([user('jane'), visitor('v7-abcdefghijkl'), device('d2-abcdefghijkl')]);
      await people.forget(site, jane.people);
      expect(await people.find(site, { kind: 'user', value: 'jane' })).toBeNull();
      const back = await resolve([user('jane'), visitor('v7-abcdefghijkl'), device('d2-abcdefghijkl')]);
      expect(back.people).not.toContain(jane.personId);
      expect(back.device).toBe('new');
    });

    test('odd handles are only text', async () => {
      for (const odd of ["'; DROP TABLE people; --", '💡', 'a'.repeat(5_000), '\\', '%']) {
        const person = await resolve([user(odd)]);
        expect((await resolve([user(odd)])).personId).toBe(person.personId);
      }
    });
  });

  describe(`memories on ${name}`, () => {
    let at: DatabasePlace;
    let database: Database;
    let ledger: SqlLedger;
    let store: SqlMemories;
    let site: string;
    let person: string;
    beforeAll(async () => {
      at = await place();
      database = await at.open();
      ledger = new SqlLedger(database);
      store = new SqlMemories(database);
    });
    afterAll(async () => {
      await database.close();
      await at.remove();
    });
    beforeEach(() => {
      site = `site-${crypto.randomUUID().slice(0, 8)}`;
      person = newId('per');
    });

    let n = 0;
    const write = (...events: Partial<NewEvent>[]) =>
      ledger.append(
        events.map((event) =>
          ledgerEvent(
            { kind: 'contact.started', channel: 'voice', site, personId: person, ...event },
            AT_MS + 1_000 * ++n,
          ),
        ),
      );
    const call = (contactId: string): Partial<NewEvent>[] => [
      { contactId },
      { kind: 'turn.caller', contactId, personal: { text: 'slower' } },
      {
        kind: 'preference',
        contactId,
        data: { name: 'rate', source: 'caller' },
        personal: { value: 0.85 },
      },
      { kind: 'contact.ended', contactId },
    ];
    const projector = (step?: number) =>
      new Projector({
        ledger,
        store,
        clock: systemClock,
        onTrouble: (error) => {
          throw error;
        },
        ...(step === undefined ? {} : { step }),
      });
    const remembered = (ids = [person]) => recall({ ledger, store }, site, ids);

    test('are recalled to the last event, drawn or not', async () => {
      await write(...call('call_1'));
      expect((await remembered()).preferences.rate?.value).toBe(0.85);
      await projector().catchUp();
      const [kept] = await store.load([person]);
      expect(kept?.memory.contacts).toHaveLength(1);
      await write(...call('call_2'));
      expect((await remembered()).contacts.map(({ contactId }) => contactId)).toEqual(['call_2', 'call_1']);
    });

    test('are the same drawn bit by bit, at once, and anew', async () => {
      for (let count = 0; count < 5; count++) {
        await write(...call(`call_${count}`));
        await projector(3).catchUp();
      }
      const before = await remembered();
      await store.forget([person]);
      expect(await remembered()).toEqual(before);
      await projector(7).rebuild();
      const [kept] = await store.load([person]);
      expect(kept?.memory).toEqual(before);
      expect(before.tally.contacts).toBe(5);
    });

    test('are drawn once by two servers', async () => {
      await write(...call('call_1'));
      await Promise.all([projector().catchUp(), projector().catchUp()]);
      await write(...call('call_2'));
      await Promise.all([projector(2).catchUp(), projector(3).catchUp()]);
      await projector().catchUp();
      const [kept] = await store.load([person]);
      expect(kept?.memory.tally.contacts).toBe(2);
    });

    test('of several ids are one', async () => {
      await write(...call('call_1'));
      const first = person;
      person = newId('per');
      await write(...call('call_2'));
      const both = await remembered([first, person]);
      expect(both.tally.contacts).toBe(2);
      expect(both.contacts.map(({ contactId }) => contactId)).toEqual(['call_2', 'call_1']);
    });

    test('begin anew with an erasure', async () => {
      await write(...call('call_1'), { kind: 'erasure', channel: 'system' });
      expect((await remembered()).preferences).toEqual({});
    });
  });
}

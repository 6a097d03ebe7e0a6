import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SqlLedger } from '../../server/ledger/engines/sql.ts';
import { ledgerEvent, type NewEvent, type StoredEvent } from '../../server/ledger/event.ts';
import type { Ledger } from '../../server/ledger/ledger.ts';
import type { Database } from '../../server/storage/database.ts';
import { newId } from '../../shared/ids.ts';
import type { DatabasePlace } from '../fakes/databases.ts';

const AT_MS = Date.UTC(2026, 0, 5, 9);

/** What every ledger does. */
export function ledgerContract(name: string, place: () => Promise<DatabasePlace>): void {
  describe(`the ledger on ${name}`, () => {
    let at: DatabasePlace;
    let database: Database;
    let ledger: Ledger;
    let site: string;
    let person: string;

    beforeAll(async () => {
      at = await place();
      database = await at.open();
      ledger = new SqlLedger(database);
    });
    afterAll(async () => {
      await database.close();
      await at.remove();
    });
    beforeEach(() => {
      site = `site-${crypto.randomUUID().slice(0, 8)}`;
      person = newId('per');
    });

    const event = (fields: Partial<NewEvent> = {}) =>
      ledgerEvent({ kind: 'turn.caller', channel: 'voice', site, personId: person, ...fields }, AT_MS);
    const numbered = (count: number, fields: Partial<NewEvent> = {}) =>
      Array.from({ length: count }, (_, n) => event({ ...fields, data: { n } }));
    const numbers = (events: StoredEvent[]) => events.map(({ data }) => data.n);
    const all = () => ledger.read({ site, people: [person], limit: 1_000 });

    test('gives back what was appended, whole and in order', async () => {
      const whole = event({
        sessionId: newId('ses'),
        contactId: newId('call'),
        data: { confidence: 0.9, list: [1, 'two', null, { deep: true }] },
        personal: { text: 'My name is Zoë — “quoted”, back\\slash, 😀' },
      });
      await ledger.append([whole, event({ kind: 'intent', data: { intent: 'return' } })]);
      const [first, second] = await all();
      expect(first).toEqual({ ...whole, seq: expect.any(Number) });
      expect(second?.kind).toBe('intent');
      expect(second?.seq).toBeGreaterThan(first?.seq ?? Number.NaN);
    });

    test('keeps an event that is appended twice once, in one batch and in two', async () => {
      const [one, two] = numbered(2);
      if (!one || !two) throw new Error('two events');
      await ledger.append([one, one]);
      await ledger.append([one, two]);
      expect(numbers(await all())).toEqual([0, 1]);
    });

    test('appends all or none', async () => {
      const broken = { ...event(), atMs: 1e30 };
      await expect(ledger.append([event(), broken, event()])).rejects.toMatchObject({
        code: 'LEDGER_EVENT_INVALID',
      });
      expect(await all()).toEqual([]);
    });

    test('holds any text, with U+FFFD for what a database cannot say', async () => {
      await ledger.append([event({ personal: { 'a\0': 'zero \0, half \ud83d, whole 😀' } })]);
      expect((await all())[0]?.personal).toEqual({ 'a\uFFFD': 'zero \uFFFD, half \uFFFD, whole 😀' });
    });

    test('gives back any JSON as it was', async () => {
      const json = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 3 }), {
        noNullPrototype: true,
      });
      const samples = fc.sample(json, { numRuns: 200, seed: 7 }).map((data) => {
        const text = JSON.stringify(data).replaceAll('\\u0000', '').replaceAll('-0', '0');
        return JSON.parse(text) as StoredEvent['data'];
      });
      await ledger.append(samples.map((data) => event({ personal: data })));
      expect((await all()).map(({ personal }) => personal)).toEqual(samples);
    });

    test('gives one person’s events and nobody else’s', async () => {
      const other = newId('per');
      await ledger.append([
        event(),
        event({ personId: other }),
        event({ personId: null }),
        event({ site: 'else' }),
      ]);
      expect(await all()).toHaveLength(1);
      expect(await ledger.read({ site, people: [person, other], limit: 10 })).toHaveLength(2);
      expect(await ledger.read({ site, people: [], limit: 10 })).toEqual([]);
    });

    test('answers by kind, by contact, from a place, to a place, newest first', async () => {
      const contactId = newId('call');
      await ledger.append([...numbered(3), ...numbered(2, { kind: 'intent', contactId })]);
      const people = [person];
      const events = await all();
      const seq = (index: number) => events[index]?.seq ?? Number.NaN;
      const read = (query: object) => ledger.read({ site, people, limit: 10, ...query });
      expect(await read({ kinds: ['intent'] })).toHaveLength(2);
      expect(await read({ kinds: [] })).toEqual([]);
      expect(await read({ contactId })).toHaveLength(2);
      expect((await read({ afterSeq: seq(2) })).map((one) => one.seq)).toEqual([seq(3), seq(4)]);
      expect((await read({ beforeSeq: seq(1) })).map((one) => one.seq)).toEqual([seq(0)]);
      expect((await read({ newestFirst: true, limit: 2 })).map((one) => one.seq)).toEqual([seq(4), seq(3)]);
    });

    test('a cursor misses nothing while several write at once', async () => {
      const writers = Array.from({ length: 4 }, async () => {
        for (let round = 0; round < 5; round++) await ledger.append(numbered(20));
      });
      let done = false;
      const written = Promise.all(writers).then(() => {
        done = true;
      });
      const seen: string[] = [];
      let cursor = 0;
      for (let last = false; ; ) {
        const page = await ledger.scan(cursor, 37, { site });
        seen.push(...page.map(({ id }) => id));
        cursor = page.at(-1)?.seq ?? cursor;
        if (page.length > 0) continue;
        if (last) break;
        last = done;
      }
      await written;
      expect(seen).toHaveLength(400);
      expect(new Set(seen).size).toBe(400);
    });

    test('scans by kind and knows its last place', async () => {
      const before = await ledger.head();
      await ledger.append([event(), event({ kind: 'intent' })]);
      const found = await ledger.scan(before, 10, { site, kinds: ['intent'] });
      expect(found.map(({ kind }) => kind)).toEqual(['intent']);
      expect(await ledger.head()).toBe(found[0]?.seq);
    });

    test('empties what is personal of the erased, then and later, and of nobody else', async () => {
      const other = newId('per');
      const said = { data: { confidence: 1 }, personal: { text: 'I live in Elm Street' } };
      await ledger.append([event(said), event(said), event(), event({ ...said, personId: other })]);
      await ledger.append([event({ ...said, site: `${site}-2` })]);
      expect(await ledger.erase(site, [person], AT_MS)).toBe(2);
      await ledger.append([event(said)]);
      expect((await all()).map(({ personal }) => personal)).toEqual([{}, {}, {}, {}]);
      expect((await all())[0]?.data).toEqual({ confidence: 1 });
      expect((await ledger.read({ site, people: [other], limit: 9 }))[0]?.personal).toEqual(said.personal);
      const elsewhere = await ledger.read({ site: `${site}-2`, people: [person], limit: 9 });
      expect(elsewhere[0]?.personal).toEqual(said.personal);
      expect(await ledger.erase(site, [person], AT_MS)).toBe(0);
    });

    test('tells what of a kind is old, some events at a time, and removes it', async () => {
      await ledger.append([
        event({ atMs: 1_500 }),
        ...numbered(2, { atMs: 1_000 }),
        ...numbered(1),
        event({ kind: 'intent', atMs: 1_000 }),
      ]);
      const old = await ledger.aged(site, 'turn.caller', 2_000, 2);
      expect(old.map(({ atMs }) => atMs)).toEqual([1_000, 1_000]);
      expect(await ledger.aged(`${site}-2`, 'turn.caller', 2_000, 2)).toEqual([]);
      await ledger.remove(old.map(({ seq }) => seq));
      await ledger.remove([]);
      const rest = await ledger.aged(site, 'turn.caller', 2_000, 2);
      expect(rest.map(({ atMs }) => atMs)).toEqual([1_500]);
      await ledger.remove(rest.map(({ seq }) => seq));
      expect((await all()).map(({ kind }) => kind)).toEqual(['turn.caller', 'intent']);
    });

    test('tells that something was appended, until nobody listens', async () => {
      let told = 0;
      const stop = ledger.onAppended(() => told++);
      await ledger.append([event()]);
      stop();
      await ledger.append([event()]);
      expect(told).toBe(1);
    });

    test('keeps everything when it is closed and opened, and says so while it is closed', async () => {
      await ledger.append(numbered(2));
      await database.close();
      const events = [event({ personal: { text: 'a secret' } })];
      const refused = await ledger.append(events).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
      expect(JSON.stringify(refused, Object.getOwnPropertyNames(refused))).not.toContain('secret');
      database = await at.open();
      ledger = new SqlLedger(database);
      expect(numbers(await all())).toEqual([0, 1]);
    });
  });
}

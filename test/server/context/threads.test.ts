import { beforeEach, describe, expect, it } from 'vitest';
import { FRESH_MEMORY } from '../../../server/context/memory/memory.ts';
import type { KeptMemory, MemoryStore } from '../../../server/context/memory/memoryStore.ts';
import { decide, type KnownHandle } from '../../../server/context/people/linking.ts';
import {
  browserHandle,
  namingHandle,
  type People,
  type ResolveRequest,
} from '../../../server/context/people/people.ts';
import { Session } from '../../../server/context/session.ts';
import { Contact } from '../../../server/context/thread/contact.ts';
import { Threads } from '../../../server/context/thread/threads.ts';
import type { LedgerEvent, NewEvent, StoredEvent } from '../../../server/ledger/event.ts';
import type { Ledger } from '../../../server/ledger/ledger.ts';
import { SegueError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import { FakeClock } from '../../fakes/clock.ts';

const JANE = [namingHandle('user', 'jane', 'signed')];

/** A small world without a database, which can be lost. */
class World {
  readonly clock = new FakeClock({ epochMs: Date.UTC(2026, 0, 5) });
  readonly events: StoredEvent[] = [];
  readonly troubles: string[] = [];
  readonly noted: string[] = [];
  lost = false;
  hangs = false;
  readonly #known: KnownHandle[] = [];
  readonly threads: Threads;

  constructor() {
    const { events } = this;
    const answering = async <Value>(value: () => Value): Promise<Value> => {
      if (this.hangs) await new Promise(() => {});
      if (this.lost) throw new SegueError('DATABASE_UNAVAILABLE');
      return value();
    };
    const ledger = {
      read: ({ people, afterSeq = 0 }: { people: readonly string[]; afterSeq?: number }) =>
        answering(() =>
          events.filter(({ personId, seq }) => people.includes(personId ?? '') && seq > afterSeq),
        ),
    } as unknown as Ledger;
    const people = {
      resolve: (request: ResolveRequest) =>
        answering(() => {
          const linking = decide(request, this.#known);
          for (const { kind, value } of linking.links) {
            const { personId: root, people: ids } = linking;
            this.#known.push({
              kind,
              value,
              root,
              people: ids,
              named: kind !== 'visitor',
              isUser: kind === 'user',
            });
          }
          const joined = new Set(linking.merges.map(({ from }) => from));
          for (const one of this.#known) {
            if (one.root === linking.personId || joined.has(one.root)) {
              Object.assign(one, { root: linking.personId, people: linking.people });
            }
          }
          return { ...linking, device: null };
        }),
    } as unknown as People;
    const store = { load: () => answering((): KeptMemory[] => []) } as unknown as MemoryStore;
    const record = (event: NewEvent): string => {
      events.push({ ...(event as LedgerEvent), seq: events.length + 1 });
      return event.id ?? '';
    };
    this.threads = new Threads({
      people,
      ledger,
      recorder: { record, flushed: () => Promise.resolve() },
      store,
      clock: this.clock,
      onNoted: (personId) => this.noted.push(personId),
      onTrouble: (_session, { code }) => this.troubles.push(code),
    });
  }

  session(handles = JANE, language: 'en' | 'es' = 'en'): Session {
    const session = new Session({
      id: newId('ses'),
      siteKey: 'demo',
      language,
      languageIsGuess: true,
      handles,
      clock: this.clock,
    });
    if (handles === JANE) session.identify('jane', {});
    return session;
  }

  kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

describe('a session', () => {
  it('is written down under its person, what came before that was known included', async () => {
    const session = world.session();
    session.track('payment_failed', { reason: 'declined' });
    const thread = world.threads.open(session);
    expect(world.events).toEqual([]);
    await thread.recall();
    expect(world.kinds()).toEqual(['session.opened', 'page.event', 'identity.linked']);
    expect(new Set(world.events.map(({ personId }) => personId))).toEqual(new Set([thread.person?.personId]));
    expect(JSON.stringify(world.events.map(({ data }) => data))).not.toMatch(/declined|jane/);
  });

  it('recalls what an earlier one did, as proven only when the name is', async () => {
    const first = world.threads.open(world.session());
    await first.recall();
    const contact = new Contact(first, 'call_1', 'voice', 'en');
    contact.spoke('es', 'caller');
    contact.end('caller', 1_000);
    const session = world.session();
    const { facts, trust } = await world.threads.open(session).recall();
    expect(trust).toBe('signed');
    expect(facts).toMatchObject({ 'memory.contacts': 1, 'memory.lastContact': { channel: 'voice' } });
    expect(session.language).toBe('es');
    const visitor = [browserHandle('visitor', 'a-visitor-of-the-page')];
    expect((await world.threads.open(world.session(visitor)).recall()).trust).toBe('inferred');
  });

  it('shares its memory with the others of the same person while they last', async () => {
    const [one, two] = [world.threads.open(world.session()), world.threads.open(world.session())];
    await Promise.all([one.recall(), two.recall()]);
    new Contact(one, 'call_1', 'voice', 'en');
    expect(two.memory?.contacts).toMatchObject([{ contactId: 'call_1' }]);
  });

  it('of somebody nobody knows begins with an empty memory', () => {
    expect(world.threads.open(world.session([])).memory).toEqual(FRESH_MEMORY);
  });
});

describe('without a database', () => {
  it('everything is written down under a passing id, which joins the person when it is back', async () => {
    const known = world.threads.open(world.session());
    await known.recall();
    world.lost = true;
    const thread = world.threads.open(world.session());
    await expect(thread.recall()).rejects.toThrow();
    const before = world.events.length;
    world.clock.advance(2_000);
    expect(world.events.length).toBeGreaterThan(before);
    const passing = world.events.at(-1)?.personId;
    expect(passing).toMatch(/^per_/);
    expect(passing).not.toBe(known.person?.personId);
    world.lost = false;
    world.clock.advance(15_000);
    await Promise.resolve().then(() => {});
    await expect.poll(() => thread.person?.personId).toBe(known.person?.personId);
    expect(thread.person?.people).toContain(passing);
    expect(world.kinds()).toContain('identity.merged');
  });

  it('that hangs nobody waits longer than two seconds who has proven who they are', async () => {
    const session = world.session([]);
    const thread = world.threads.open(session);
    await thread.recall();
    world.hangs = true;
    session.prove('jane');
    const identified = thread.identifyAgain();
    world.clock.advance(2_000);
    await identified;
    expect(session.subject.customerId).toBe('jane');
  });

  it('who proves who they are goes on, and is recalled when it is back', async () => {
    const known = world.threads.open(world.session());
    await known.recall();
    const session = world.session([]);
    const thread = world.threads.open(session);
    await thread.recall();
    world.lost = true;
    session.prove('jane');
    await thread.identifyAgain();
    expect(world.troubles).toEqual(['DATABASE_UNAVAILABLE']);
    world.lost = false;
    world.clock.advance(15_000);
    await expect.poll(() => thread.person?.personId).toBe(known.person?.personId);
    expect((await thread.recall()).trust).toBe('signed');
  });
});

describe('an erasure during a call', () => {
  it('forgets at once, and for good', async () => {
    const session = world.session();
    const thread = world.threads.open(session);
    session.learn('signed', (await thread.recall()).facts);
    const contact = new Contact(thread, 'call_1', 'voice', 'en');
    expect(contact.memory()?.contacts).toHaveLength(1);
    world.threads.forget([thread.person?.personId ?? '']);
    expect(contact.memory()).toBeNull();
    expect(Object.keys(session.facts()).filter((name) => name.startsWith('memory'))).toEqual([]);
    contact.heard({ turnId: 't', text: 'hello', confidence: 1, language: 'en', typed: false });
    expect(contact.memory()).toBeNull();
    expect((await thread.recall()).facts).toEqual({});
  });
});

describe('another server', () => {
  it('is told that something of a person is to be remembered, of words and pages nothing', async () => {
    const thread = world.threads.open(world.session());
    await thread.recall();
    world.noted.length = 0;
    const contact = new Contact(thread, 'call_1', 'voice', 'en');
    contact.heard({ turnId: 't', text: 'hello', confidence: 1, language: 'en', typed: false });
    thread.session.track('payment_failed', null);
    expect(world.noted).toEqual([thread.person?.personId]);
  });

  it('lets those who remember the person here read it anew, and leaves the others alone', async () => {
    const thread = world.threads.open(world.session());
    await thread.recall();
    const personId = thread.person?.personId ?? '';
    const elsewhere = {
      kind: 'contact.started',
      channel: 'chat',
      contactId: 'msg_1',
      site: 'demo',
      personId,
    };
    const began = { ...elsewhere, id: 'evt_1', atMs: world.clock.epochMs(), data: {}, personal: {} };
    world.events.push({ ...(began as unknown as LedgerEvent), seq: world.events.length + 1 });
    world.threads.refresh(['somebody else']);
    await world.clock.advanceAsync(0);
    expect(thread.memory?.contacts).toEqual([]);
    world.threads.refresh([personId]);
    await world.clock.advanceAsync(0);
    expect(thread.memory?.contacts).toMatchObject([{ contactId: 'msg_1', channel: 'chat' }]);
  });

  it('changes nothing while the past cannot be read', async () => {
    const thread = world.threads.open(world.session());
    await thread.recall();
    const before = thread.memory;
    world.lost = true;
    world.threads.refresh([thread.person?.personId ?? '']);
    await world.clock.advanceAsync(0);
    expect(thread.memory).toBe(before);
    expect(world.troubles).toEqual(['DATABASE_UNAVAILABLE']);
  });
});

describe('a contact', () => {
  it('ends once, with how it went', async () => {
    const thread = world.threads.open(world.session());
    await thread.recall();
    const contact = new Contact(thread, 'call_1', 'voice', 'en');
    contact.note({ kind: 'task.begun', data: { taskId: 't1', task: 'returns' } });
    contact.end('caller', 5);
    contact.end('caller', 5);
    expect(world.events.filter(({ kind }) => kind === 'outcome')).toMatchObject([
      { data: { outcome: 'unfinished', reason: 'caller' } },
    ]);
  });

  it('can claim no memory: a page’s own are left out', () => {
    const session = world.session([]);
    session.replaceClaims({ memory: { contacts: 9 }, 'memory.promises': [], cart: {} });
    expect(Object.keys(session.facts())).toEqual(['cart']);
  });
});

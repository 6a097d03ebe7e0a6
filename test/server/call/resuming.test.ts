import { beforeEach, describe, expect, test } from 'vitest';
import type { Call } from '../../../server/call/call.ts';
import { CallKeeper, LEASE_MS } from '../../../server/call/callKeeper.ts';
import { Calls, type PrepareCall } from '../../../server/call/calls.ts';
import type { Session } from '../../../server/context/session.ts';
import { SessionKeeper } from '../../../server/context/sessionKeeper.ts';
import { SESSION_IDLE_MS, Sessions } from '../../../server/context/sessions.ts';
import type { CallerTurn, Conversation, Reply } from '../../../server/dialog/policy.ts';
import { createLog } from '../../../server/telemetry/log.ts';
import { systemClock } from '../../../shared/clock.ts';
import { SegueError } from '../../../shared/errors.ts';
import type { InputOffer, Transcript } from '../../../shared/events.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { MemoryCallStore, MemorySessionStore } from '../../fakes/keptStores.ts';
import { replyOf } from '../../fakes/policy.ts';
import { MemoryTimelineStore } from '../../fakes/timelineStore.ts';

const KEYPAD: InputOffer = { kinds: ['keys', 'callBack'], label: 'Order number' };

let clock: FakeClock;
let callStore: MemoryCallStore;
let sessionStore: MemorySessionStore;
let timelines: MemoryTimelineStore;
/** Turns as conversations have heard them, in whatever process. */
let answered: string[];
/** Holds an answer back. */
let hold: Promise<void> | null;

beforeEach(() => {
  clock = new FakeClock();
  callStore = new MemoryCallStore(() => clock.nowMs());
  sessionStore = new MemorySessionStore();
  timelines = new MemoryTimelineStore();
  answered = [];
  hold = null;
});

/** A dialog that counts its turns. */
function counting(restored: JsonObject | undefined): Conversation {
  let turns = Number(restored?.turns ?? 0);
  const respond = async ({ text }: CallerTurn): Promise<Reply> => {
    await hold;
    turns += 1;
    answered.push(text);
    return replyOf(`${turns}: ${text}`, { intent: 'echo', offer: text.includes('number') ? KEYPAD : null });
  };
  return {
    greet: async () => replyOf('Hello.'),
    respond,
    silence: async () => replyOf('Still there?'),
    contextChanged: async () => null,
    interrupted: () => {},
    snapshot: () => ({ turns }),
    resume: async () => replyOf('As I was saying.'),
    onWaiting: () => {},
    close: () => {},
  };
}

/** One process: its sessions and calls. `dies`: nothing of it happens any more. */
class Server {
  readonly sessions: Sessions;
  readonly calls: Calls;
  readonly keeper: CallKeeper;
  readonly dead = new Set<string>();
  /** Sessions whose calls are known to run on other servers. */
  readonly elsewhere = new Set<string>();
  voiceless = false;
  readonly #sessionKeeper: SessionKeeper;

  constructor(owner: string) {
    this.#sessionKeeper = new SessionKeeper({ store: sessionStore, clock, idleMs: SESSION_IDLE_MS });
    this.sessions = new Sessions(clock, { keeper: this.#sessionKeeper });
    this.keeper = new CallKeeper({ store: callStore, owner, clock, isDead: (one) => this.dead.has(one) });
    const prepare: PrepareCall = async (session, { resumed }) => ({
      session,
      siteName: 'The Shop',
      language: 'en',
      policy: {
        name: 'counting',
        phrases: [],
        open: (_view, _thread, restored) => counting(restored),
        close: async () => {},
      },
      verifier: null,
      rehydrate: async () => ({ durationMs: 0, facts: [], overview: null, sources: {} }),
      ...(resumed ? { resumed } : {}),
      voice: null,
      leaveGraceMs: 60_000,
      timelines,
      observe: () => {},
      clock,
      log: createLog('silent'),
    });
    this.calls = new Calls({
      prepare,
      clock: systemClock,
      max: 10,
      keeper: this.keeper,
      findSession: (id) => this.sessions.find(id),
      isElsewhere: (id) => this.elsewhere.has(id),
      speaks: () => !this.voiceless,
    });
  }

  /** As `kill -9`: what it has written stays, and it writes nothing more. */
  async dies(): Promise<void> {
    const silence = async () => [];
    Object.assign(this.keeper, { keep: () => {}, touch: () => {}, end: () => {} });
    const before = { save: callStore.save, renew: callStore.renew };
    Object.assign(callStore, { save: silence, renew: silence });
    await this.keeper.close();
    await this.#sessionKeeper.close();
    Object.assign(callStore, before);
  }
}

const attendant = { line: null, taken: () => {} };

async function begun(server: Server): Promise<{ call: Call; session: Session }> {
  const session = server.sessions.open({ siteKey: 'shop', language: 'en' });
  const call = await server.calls.start(session, { media: false });
  call.attend(attendant);
  call.answer();
  await clock.advanceAsync(50);
  return { call, session };
}

const texts = (lines: readonly Transcript[]): string[] => lines.map(({ text }) => text);

describe('a call whose process is lost', () => {
  test('goes on in another: the same call, its lines, its dialog, its timeline', async () => {
    const one = new Server('one');
    const { call, session } = await begun(one);
    call.hearText('first');
    await clock.advanceAsync(5_000);
    await one.dies();

    clock.advance(2_000);
    const two = new Server('two');
    two.dead.add('one');
    const resumed = await two.calls.resume(session.id);
    expect(resumed).toMatchObject({ id: call.id, startedAt: call.startedAt, state: 'reconnecting' });
    resumed?.attend(attendant);
    expect(resumed?.state).toBe('live');
    resumed?.hearText('second');
    await clock.advanceAsync(1_000);
    expect(texts(resumed?.transcript() ?? [])).toEqual([
      'Hello.',
      'first',
      '1: first',
      'second',
      '2: second',
    ]);
    const entries = (await timelines.read(call.id)) ?? [];
    const types = entries.map(({ type }) => type);
    expect(types.filter((type) => type === 'call.start')).toHaveLength(1);
    const reconnected = entries.find(({ type }) => type === 'call.reconnected');
    // It was last heard of when its lease was renewed.
    expect(reconnected?.gapMs).toBeGreaterThanOrEqual(2_000);
    expect(reconnected?.gapMs).toBeLessThanOrEqual(2_000 + 3_100);
    expect(reconnected?.tMs).toBeGreaterThanOrEqual(7_000);
  });

  test('shows what was offered beside the voice there, too, until something else is said', async () => {
    const one = new Server('one');
    const { call, session } = await begun(one);
    call.hearText('what number');
    await clock.advanceAsync(100);
    await one.dies();
    const two = new Server('two');
    two.dead.add('one');
    const resumed = await two.calls.resume(session.id);
    expect((await resumed?.attached(false))?.offer).toEqual(KEYPAD);
    resumed?.attend(attendant);
    resumed?.hearText('thanks');
    await clock.advanceAsync(100);
    expect((await resumed?.attached(false))?.offer).toBeNull();
  });

  test('answers once what was heard and not answered', async () => {
    const one = new Server('one');
    const { call, session } = await begun(one);
    hold = new Promise(() => {});
    call.hearText('first', 'line-of-the-page-1');
    await clock.advanceAsync(50);
    expect(answered).toEqual([]);
    await one.dies();
    hold = null;

    const two = new Server('two');
    two.dead.add('one');
    const resumed = await two.calls.resume(session.id);
    resumed?.attend(attendant);
    // The page does not know whether it came through, and sends it again.
    resumed?.hearText('first', 'line-of-the-page-1');
    await clock.advanceAsync(1_000);
    expect(answered).toEqual(['first']);
    expect(texts(resumed?.transcript() ?? [])).toEqual(['Hello.', 'first', '1: first']);
  });

  test('answers what is written before its device can hear behind what waits already, over one more loss, too', async () => {
    const one = new Server('one');
    const { call, session } = await begun(one);
    hold = new Promise(() => {});
    call.hearText('first', 'line-of-the-page-1');
    await clock.advanceAsync(50);
    await one.dies();
    hold = null;

    const two = new Server('two');
    two.dead.add('one');
    const there = await two.calls.resume(session.id);
    there?.hearText('second', 'line-of-the-page-2');
    await clock.advanceAsync(100);
    expect(answered).toEqual([]);
    const kept = structuredClone(callStore.rows);
    there?.attend(attendant);
    await clock.advanceAsync(100);
    const inOrder = ['Hello.', 'first', 'second', '1: first', '2: second'];
    expect([answered, texts(there?.transcript() ?? [])]).toEqual([['first', 'second'], inOrder]);
    await two.dies();

    answered = [];
    callStore.rows.clear();
    for (const [id, row] of kept) callStore.rows.set(id, row);
    const three = new Server('three');
    three.dead.add('two');
    const resumed = await three.calls.resume(session.id);
    resumed?.attend(attendant);
    resumed?.hearText('second', 'line-of-the-page-2');
    await clock.advanceAsync(100);
    expect([answered, texts(resumed?.transcript() ?? [])]).toEqual([['first', 'second'], inOrder]);
  });

  test('gives an answer that was said and not kept under the same id again', async () => {
    const one = new Server('one');
    const { call, session } = await begun(one);
    hold = new Promise(() => {});
    call.hearText('first', 'line-of-the-page-1');
    await clock.advanceAsync(50);
    const kept = structuredClone(callStore.rows);
    hold = null;
    const [, , before] = await saidBy('one more', kept);
    const [, , after] = await saidBy('yet one', kept);
    expect(before?.id).toBe(after?.id);

    async function saidBy(owner: string, rows: typeof kept): Promise<Transcript[]> {
      callStore.rows.clear();
      for (const [id, row] of structuredClone(rows)) callStore.rows.set(id, row);
      const server = new Server(owner);
      server.dead.add('one');
      const resumed = await server.calls.resume(session.id);
      resumed?.attend(attendant);
      await clock.advanceAsync(100);
      return resumed?.transcript() ?? [];
    }
  });

  test('stays with its process as long as that lives or may live', async () => {
    const one = new Server('one');
    const { session } = await begun(one);
    const two = new Server('two');
    for (let time = 0; time < 2; time += 1) {
      const resuming = two.calls.resume(session.id).catch(({ code }: SegueError) => code);
      await clock.advanceAsync(60_000);
      expect(await resuming).toBe('NODE_UNREACHABLE');
    }
    await one.dies();
    let resumed: Call | null = null;
    void two.calls.resume(session.id).then((call) => (resumed = call));
    await clock.advanceAsync(LEASE_MS - 4_000);
    expect(resumed).toBeNull();
    await clock.advanceAsync(5_000);
    expect(resumed).toMatchObject({ session: { id: session.id } });
  });

  test('does not come to one without a voice when it is by voice, and comes when that is back', async () => {
    const one = new Server('one');
    const { call, session } = await begun(one);
    await one.dies();
    Object.assign(callStore.rows.get(call.id)?.checkpoint ?? {}, { voice: true });
    const two = new Server('two');
    two.dead.add('one');
    two.voiceless = true;
    await expect(two.calls.resume(session.id)).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE' });
    expect(callStore.rows.get(call.id)).toMatchObject({ owner: 'one', epoch: 1 });
    two.voiceless = false;
    expect(await two.calls.resume(session.id)).toMatchObject({ id: call.id });
  });

  test('does not come to one that is stopping, which does not say that it is over', async () => {
    const one = new Server('one');
    const { call, session } = await begun(one);
    const two = new Server('two');
    two.calls.refuse();
    await expect(two.calls.resume(session.id)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    expect([call.ended, two.calls.size]).toEqual([false, 0]);
    call.end('caller');
    await clock.advanceAsync(100);
    expect(await two.calls.resume(session.id)).toBeNull();
  });

  test('is taken over by one of many, and once by each', async () => {
    const one = new Server('one');
    const { session } = await begun(one);
    await one.dies();
    const others = ['two', 'three', 'four'].map((name) => {
      const server = new Server(name);
      server.dead.add('one');
      return server;
    });
    const asked = others.flatMap(({ calls }) => [calls.resume(session.id), calls.resume(session.id)]);
    const settled = Promise.allSettled(asked);
    await clock.advanceAsync(LEASE_MS);
    const calls = (await settled).map((one) => (one.status === 'fulfilled' ? one.value : null));
    expect(new Set(calls.filter((call) => call !== null)).size).toBe(1);
  });

  test('is put back by one that gives up its own by the time it has it', async () => {
    const one = new Server('one');
    const { call, session } = await begun(one);
    await one.dies();
    const two = new Server('two');
    two.dead.add('one');
    const resuming = two.calls.resume(session.id).catch(({ code }: SegueError) => code);
    await two.calls.leave();
    expect(await resuming).toBe('SHUTTING_DOWN');
    expect([two.calls.size, (await callStore.ofSession(session.id))?.owner]).toEqual([0, null]);
    const three = new Server('three');
    expect(await three.calls.resume(session.id)).toMatchObject({ id: call.id });
  });

  test('is let go of by a process that was only taken for dead', async () => {
    const one = new Server('one');
    const { call, session } = await begun(one);
    let taken = false;
    call.attend({ line: null, taken: () => (taken = true) });
    const two = new Server('two');
    two.dead.add('one');
    const resumed = await two.calls.resume(session.id);
    await clock.advanceAsync(LEASE_MS);
    expect([call.ended, taken, one.calls.size]).toEqual([true, true, 0]);
    expect([resumed?.ended, two.calls.size]).toEqual([false, 1]);
    const types = ((await timelines.read(call.id)) ?? []).map(({ type }) => type);
    expect(types).not.toContain('call.end');
  });

  test('is not there any more when it had ended', async () => {
    const one = new Server('one');
    const { call, session } = await begun(one);
    call.end('caller');
    await clock.advanceAsync(100);
    await one.dies();
    const two = new Server('two');
    two.dead.add('one');
    expect(await two.calls.resume(session.id)).toBeNull();
    expect([...callStore.rows.values()].map(({ checkpoint }) => checkpoint)).toEqual([{}]);
  });

  test('ends as one whose device does not come back, when nobody comes', async () => {
    const one = new Server('one');
    const { call } = await begun(one);
    await one.dies();
    const two = new Server('two');
    await clock.advanceAsync(10 * 60_000);
    expect(two.calls.summary(call.id)).toBeNull();
    const reason = 'disconnected';
    const entries = await timelines.read(call.id);
    expect(entries?.at(-1)).toMatchObject({ type: 'call.end', reason, summary: { id: call.id, reason } });
  });
});

test('a call whose session is not known any more is over', async () => {
  const one = new Server('one');
  const { call } = await begun(one);
  await one.dies();
  sessionStore.kept.clear();
  new Server('two');
  await clock.advanceAsync(10 * 60_000);
  expect(callStore.rows.has(call.id)).toBe(false);
});

describe('a checkpoint that cannot be read', () => {
  test('in part: the call goes on with the rest', async () => {
    const one = new Server('one');
    const { call, session } = await begun(one);
    await one.dies();
    const row = callStore.rows.get(call.id);
    Object.assign(row?.checkpoint ?? {}, { lines: 'none', standing: 4, conversation: [], contact: null });
    const two = new Server('two');
    two.dead.add('one');
    const resumed = await two.calls.resume(session.id);
    resumed?.attend(attendant);
    resumed?.hearText('hello');
    await clock.advanceAsync(100);
    expect(texts(resumed?.transcript() ?? [])).toEqual(['hello', '1: hello']);
  });

  test('at all: there is no call to go on with', async () => {
    const one = new Server('one');
    const { call, session } = await begun(one);
    await one.dies();
    Object.assign(callStore.rows.get(call.id) ?? {}, { checkpoint: { startedAt: 'yesterday' } });
    const two = new Server('two');
    two.dead.add('one');
    expect(await two.calls.resume(session.id)).toBeNull();
    expect(await two.calls.resume(session.id)).toBeNull();
  });
});

describe('a call that nobody could keep for minutes', () => {
  test('is not ended when the database is back: its process has not renewed its lease yet', async () => {
    // It looks for such calls just before the others renew.
    const two = new Server('two');
    await clock.advanceAsync(1_000);
    const one = new Server('one');
    const { call } = await begun(one);
    callStore.gone = true;
    await clock.advanceAsync(4 * 60_000 - 1_100);
    callStore.gone = false;
    Object.assign(callStore, { renew: gone, save: gone });
    await clock.advanceAsync(1_000);
    Reflect.deleteProperty(callStore, 'renew');
    Reflect.deleteProperty(callStore, 'save');
    await clock.advanceAsync(3 * 60_000);
    expect([call.ended, one.calls.size, two.calls.size]).toEqual([false, 1, 0]);
    expect((await callStore.ofSession(call.session.id))?.epoch).toBe(1);
  });

  test('is not ended by its own process, nor by one that knows where it runs', async () => {
    const one = new Server('one');
    const { call } = await begun(one);
    const two = new Server('two');
    two.elsewhere.add(call.session.id);
    // Only its lease cannot be renewed.
    Object.assign(callStore, { renew: gone, save: gone });
    await clock.advanceAsync(10 * 60_000);
    Reflect.deleteProperty(callStore, 'renew');
    Reflect.deleteProperty(callStore, 'save');
    await clock.advanceAsync(10_000);
    expect([call.ended, one.calls.size, one.calls.ofSession(call.session.id)]).toEqual([false, 1, call]);
    expect((await callStore.ofSession(call.session.id))?.epoch).toBe(1);
  });

  const gone = () => Promise.reject(new SegueError('DATABASE_UNAVAILABLE'));
});

test('without a database a call goes on, is not kept, and is kept when it is back', async () => {
  const one = new Server('one');
  callStore.gone = true;
  const { call, session } = await begun(one);
  call.hearText('first');
  await clock.advanceAsync(3_000);
  expect(texts(call.transcript())).toEqual(['Hello.', 'first', '1: first']);
  expect(one.keeper.failing).toBe(true);
  await one.keeper.flushed();
  callStore.gone = false;
  await clock.advanceAsync(3_000);
  expect(one.keeper.failing).toBe(false);
  await one.dies();
  const two = new Server('two');
  two.dead.add('one');
  expect(texts((await two.calls.resume(session.id))?.transcript() ?? [])).toHaveLength(3);
});

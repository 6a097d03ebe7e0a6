import { beforeEach, describe, expect, test } from 'vitest';
import { type Asked, CallKeeper, LEASE_MS } from '../../../server/call/callKeeper.ts';
import { Calls, type PrepareCall } from '../../../server/call/calls.ts';
import { Session } from '../../../server/context/session.ts';
import { CallDoor } from '../../../server/edge/callDoor.ts';
import { createLog } from '../../../server/telemetry/log.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { MemoryCallStore } from '../../fakes/keptStores.ts';
import { scriptedPolicy } from '../../fakes/policy.ts';
import { MemoryTimelineStore } from '../../fakes/timelineStore.ts';

const LINE = { id: 'line-of-this-page', attempt: 1 };

let clock: FakeClock;
let store: MemoryCallStore;
let session: Session;
let tokens: number;
beforeEach(() => {
  clock = new FakeClock();
  store = new MemoryCallStore(() => clock.nowMs());
  session = new Session({ id: 'ses_1', siteKey: 'demo', language: 'en', clock });
  tokens = 0;
});

/** A server without Redis: nobody knows whether the others live, and none answers. */
function server(owner: string, ask = async (): Promise<Asked> => 'silent') {
  const keeper = new CallKeeper({ store, owner, clock, isDead: () => false, ask });
  const prepare: PrepareCall = async (_, { resumed }) => ({
    session,
    siteName: 'The Shop',
    language: 'en',
    policy: scriptedPolicy(),
    verifier: null,
    rehydrate: async () => ({ durationMs: 0, facts: [], overview: null, sources: {} }),
    ...(resumed ? { resumed } : {}),
    voice: null,
    leaveGraceMs: 15_000,
    timelines: new MemoryTimelineStore(),
    observe: () => {},
    clock,
    log: createLog('silent'),
  });
  const calls = new Calls({ prepare, max: 10, clock, keeper, findSession: async () => session });
  const told: [name: string, message: unknown][] = [];
  const issue = async () => {
    tokens += 1;
    return { token: `${tokens}`, expiresAt: 0 };
  };
  const door = () =>
    new CallDoor(session, { calls, clock, tokens: { issue }, line: LINE }, (...news) => told.push(news));
  return { keeper, calls, door, told };
}

/** A call in writing on a server that is killed some seconds later. */
async function lostCall(): Promise<string> {
  const one = server('one');
  const door = one.door();
  const { callId } = await door.handlers['call.start']({ media: false });
  door.answered('call.start');
  await clock.advanceAsync(2_000);
  await one.keeper.close();
  return callId;
}

/** What a message comes to within that time. */
async function within(ms: number, answer: Promise<unknown>): Promise<unknown> {
  let outcome: unknown = 'no answer';
  answer.then(
    (value) => (outcome = value),
    (error: { code: string }) => (outcome = error.code),
  );
  await clock.advanceAsync(ms);
  return outcome;
}

describe('a call that has ended', () => {
  test('leaves nothing at its socket, however many there are, and that gets no further tokens', async () => {
    const { door: open } = server('one');
    const door = open();
    const pending = clock.pending;
    for (let time = 0; time < 5; time += 1) {
      await door.handlers['call.start']({ media: false });
      door.answered('call.start');
      await clock.advanceAsync(100);
      await door.handlers['call.hangUp']({});
      await clock.advanceAsync(100);
    }
    expect(clock.pending).toBe(pending);
    await clock.advanceAsync(60 * 60_000);
    expect(tokens).toBe(0);
  });

  test('here and goes on elsewhere leaves nothing, either', async () => {
    const { door: open, calls } = server('one');
    const door = open();
    await door.handlers['call.start']({ media: false });
    door.answered('call.start');
    await clock.advanceAsync(11 * 60_000);
    expect(tokens).toBe(1);
    await Promise.all([calls.leave(), clock.advanceAsync(100)]);
    await clock.advanceAsync(60 * 60_000);
    expect(tokens).toBe(1);
  });
});

describe('a call whose server is gone, when nobody can tell', () => {
  test('goes on with what is written as soon as its lease has ended, however early the device came', async () => {
    const callId = await lostCall();
    const two = server('two');
    const soon = two.calls.resumeSoon(session.id, { line: LINE, insists: false }, 4_000);
    expect(await within(4_000, soon)).toBeNull();
    const door = two.door();
    const sent = door.handlers['text.send']({ text: 'hello', id: 'a-message-of-mine-1' });
    expect(await within(1_000, sent)).toBe('no answer');
    await clock.advanceAsync(LEASE_MS);
    expect(await sent).toEqual({ id: 'a-message-of-mine-1' });
    expect(two.calls.ofSession(session.id)?.id).toBe(callId);
    expect(two.told).toContainEqual(['call.state', { state: 'live' }]);
    expect(two.told).toContainEqual(['transcript', expect.objectContaining({ text: 'You said hello.' })]);
  });

  test('is gone on with although the device says nothing', async () => {
    await lostCall();
    const two = server('two');
    void two.calls.resume(session.id, { line: LINE, insists: false });
    two.door();
    await clock.advanceAsync(LEASE_MS);
    expect(two.told).toContainEqual(['call.state', { state: 'live' }]);
    expect(two.told).toContainEqual(['transcript', expect.objectContaining({ text: 'Hello.' })]);
  });

  test('is looked for once, however often its sound is asked for, and each time answered in time', async () => {
    await lostCall();
    let asked = 0;
    const two = server('two', async () => {
      asked += 1;
      await new Promise<void>((resolve) => clock.after(2_500, resolve));
      return 'silent';
    });
    const door = two.door();
    for (let time = 0; time < 3; time += 1) {
      expect(await within(1_900, door.handlers['media.renew']({}))).toBe('CALL_NOT_STARTED');
    }
    expect(asked).toBeLessThanOrEqual(3);
    await clock.advanceAsync(LEASE_MS);
    expect(await within(100, door.handlers['media.renew']({}))).toBeNull();
  });

  test('can be ended by a device that hangs up and goes', async () => {
    await lostCall();
    const two = server('two');
    const door = two.door();
    const hungUp = door.handlers['call.hangUp']({});
    door.leave(true);
    await clock.advanceAsync(LEASE_MS + 100);
    expect(await hungUp).toBeNull();
    expect(await store.ofSession(session.id)).toBeNull();
  });

  test('is not told to be over while the database does not answer', async () => {
    await lostCall();
    const two = server('two');
    store.gone = true;
    const door = two.door();
    for (const ask of [
      () => door.handlers['call.attach']({ media: false }),
      () => door.handlers['text.send']({ text: 'hello' }),
      () => door.handlers['media.giveUp']({}),
    ]) {
      expect(await within(100, ask())).toBe('DATABASE_UNAVAILABLE');
    }
    store.gone = false;
    const sent = door.handlers['text.send']({ text: 'hello' });
    expect(await within(LEASE_MS, sent)).toEqual({ id: expect.any(String) });
  });
});

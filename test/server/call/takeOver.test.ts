import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ANYBODY, type Asked, CallKeeper, type Keepable } from '../../../server/call/callKeeper.ts';
import { type CallCheckpoint, NOBODY, NOTHING_YET } from '../../../server/call/checkpoint.ts';
import { SegueError } from '../../../shared/errors.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { MemoryCallStore } from '../../fakes/keptStores.ts';

const CHECKPOINT: CallCheckpoint = {
  language: 'en',
  voice: false,
  inWriting: false,
  startedAt: 0,
  atMs: 0,
  answered: true,
  muted: false,
  offer: null,
  lines: [],
  standing: NOBODY,
  conversation: {},
  contact: NOTHING_YET,
};

let clock: FakeClock;
let store: MemoryCallStore;
const closing: CallKeeper[] = [];
beforeEach(() => {
  clock = new FakeClock();
  store = new MemoryCallStore(() => clock.nowMs());
});
afterEach(async () => {
  for (const keeper of closing.splice(0)) {
    const closed = keeper.close();
    await clock.advanceAsync(10);
    await closed;
  }
});

/** A server; `asks` says what the others answer when it asks them for a call. */
function server(owner: string, asks?: () => Asked | Promise<Asked>) {
  const dead = new Set<string>();
  const keeper = new CallKeeper({
    store,
    owner,
    clock,
    isDead: (one) => dead.has(one),
    ...(asks ? { ask: async () => asks() } : {}),
  });
  closing.push(keeper);
  return { keeper, dead };
}

const call = (): Keepable & { muted: boolean } => ({
  id: 'call_1',
  session: { id: 'ses_1', siteKey: 'demo' },
  muted: false,
  checkpoint() {
    return { ...CHECKPOINT, muted: this.muted };
  },
});

/** A server that runs the call. */
async function running() {
  const a = server('a');
  const kept = call();
  a.keeper.keep(kept);
  await clock.advanceAsync(20);
  return { ...a, kept };
}

describe('a call of another server', () => {
  test('that gives it up is gone on with as it was at that moment, not as it is later', async () => {
    const a = await running();
    const b = server('b', async (): Promise<Asked> => {
      a.kept.muted = true;
      const given = a.keeper.giveUp('call_1');
      a.kept.muted = false;
      a.keeper.touch('call_1');
      await clock.advanceAsync(20);
      await given;
      return 'given';
    });
    const taken = await b.keeper.takeOver('ses_1', ANYBODY);
    expect(taken).toMatchObject({ callId: 'call_1', epoch: 2, checkpoint: { muted: true } });
  });

  test('is given up when it is written down, also at the second attempt', async () => {
    const a = await running();
    a.kept.muted = true;
    store.gone = true;
    const given = a.keeper.giveUp('call_1');
    await clock.advanceAsync(200);
    store.gone = false;
    await clock.advanceAsync(2_000);
    await given;
    expect(await store.ofSession('ses_1')).toMatchObject({ owner: null, checkpoint: { muted: true } });
  });

  test('that cannot be written down as it is at last is not given up as it was before', async () => {
    const a = await running();
    a.kept.muted = true;
    store.gone = true;
    const given = expect(a.keeper.giveUp('call_1')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await clock.advanceAsync(3_000);
    await given;
    store.gone = false;
    const b = server('b', () => 'silent');
    const taking = b.keeper.takeOver('ses_1', ANYBODY);
    await clock.advanceAsync(1_500);
    expect(await taking).toMatchObject({ epoch: 2, checkpoint: { muted: true } });
  });

  test('whose device is there stays there', async () => {
    await running();
    const b = server('b', () => 'kept');
    expect(await b.keeper.takeOver('ses_1', ANYBODY)).toBeNull();
  });

  test('that does not answer is waited for until it is known to be gone', async () => {
    await running();
    let asked = 0;
    const b = server('b', () => {
      asked += 1;
      return 'silent';
    });
    const taking = b.keeper.takeOver('ses_1', ANYBODY);
    await clock.advanceAsync(1_500);
    b.dead.add('a');
    await clock.advanceAsync(200);
    expect(await taking).toMatchObject({ callId: 'call_1', epoch: 2 });
    expect(asked).toBeGreaterThan(1);
  });

  test.each([
    ['can be reached', () => 'silent' as const],
    ['can be asked', undefined],
  ])(
    'that lives and not %s keeps it: there are never two, and it is not said to be over',
    async (_, asks) => {
      const a = await running();
      const b = server('b', asks);
      const taking = expect(b.keeper.takeOver('ses_1', ANYBODY)).rejects.toMatchObject({
        code: 'NODE_UNREACHABLE',
      });
      await clock.advanceAsync(5_000);
      await taking;
      const lost: string[] = [];
      a.keeper.onLost((id) => lost.push(id));
      await clock.advanceAsync(3_000);
      expect(lost).toEqual([]);
    },
  );

  test('that ends it while it is waited for has none any more', async () => {
    const a = await running();
    const b = server('b', () => 'silent');
    const taking = b.keeper.takeOver('ses_1', ANYBODY);
    await clock.advanceAsync(1_000);
    a.keeper.end('call_1');
    await clock.advanceAsync(200);
    expect(await taking).toBeNull();
  });

  test('that gives it up at last has not answered too late', async () => {
    const a = await running();
    let asked = 0;
    const b = server('b', async (): Promise<Asked> => {
      await new Promise<void>((resolve) => clock.after(4_500, resolve));
      asked += 1;
      if (asked === 1) return 'silent';
      await Promise.all([a.keeper.giveUp('call_1'), clock.advanceAsync(20)]);
      return 'given';
    });
    const taking = b.keeper.takeOver('ses_1', ANYBODY);
    await clock.advanceAsync(9_500);
    expect(await taking).toMatchObject({ callId: 'call_1', epoch: 2 });
  });

  test('of which nobody knows whether it lives is taken over when its lease has ended', async () => {
    const a = await running();
    await clock.advanceAsync(2_000);
    await a.keeper.close();
    const b = server('b', () => 'silent');
    let taken: unknown = 'nothing yet';
    const taking = b.keeper.takeOver('ses_1', ANYBODY).then((one) => (taken = one));
    await clock.advanceAsync(6_000);
    expect(taken).toBe('nothing yet');
    await clock.advanceAsync(4_000);
    expect(await taking).toMatchObject({ callId: 'call_1', epoch: 2 });
  });

  test('by voice is neither asked for nor claimed where there is no voice', async () => {
    const a = server('a');
    const asked: string[] = [];
    const b = server('b', () => {
      asked.push('a');
      return 'given';
    });
    const kept = { ...call(), checkpoint: () => ({ ...CHECKPOINT, voice: true }) };
    a.keeper.keep(kept);
    await clock.advanceAsync(20);
    for (const dead of [[], ['a']]) {
      for (const one of dead) b.dead.add(one);
      await expect(b.keeper.takeOver('ses_1', ANYBODY, false)).rejects.toMatchObject({
        code: 'MEDIA_UNAVAILABLE',
      });
    }
    expect(asked).toEqual([]);
    expect(await store.ofSession('ses_1')).toMatchObject({ owner: 'a', epoch: 1 });
    expect(await b.keeper.takeOver('ses_1', ANYBODY)).toMatchObject({ epoch: 2 });
  });

  test('cannot be known of while the database does not answer', async () => {
    await running();
    const b = server('b', () => 'silent');
    store.gone = true;
    await expect(b.keeper.takeOver('ses_1', ANYBODY)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  test('is taken by one of two servers that want it at once', async () => {
    const a = await running();
    // Whoever has it has its device.
    const [b, c] = [server('b', () => 'kept'), server('c', () => 'kept')];
    b.dead.add('a');
    c.dead.add('a');
    const taken = await Promise.all([b, c].map(({ keeper }) => keeper.takeOver('ses_1', ANYBODY)));
    expect(taken.filter((one) => one !== null)).toHaveLength(1);
    const lost: string[] = [];
    a.keeper.onLost((id) => lost.push(id));
    await clock.advanceAsync(3_000);
    expect(lost).toEqual(['call_1']);
  });
});

test('a call that a third server takes first is asked for there', async () => {
  await running();
  const c = server('c');
  c.dead.add('a');
  const b = server('b', async (): Promise<Asked> => {
    await Promise.all([c.keeper.giveUp('call_1'), clock.advanceAsync(20)]);
    return 'given';
  });
  b.dead.add('a');
  Object.assign(store, {
    claim: async (...about: Parameters<typeof store.claim>) => {
      Reflect.deleteProperty(store, 'claim');
      const taken = await c.keeper.takeOver('ses_1', ANYBODY);
      if (taken) c.keeper.keep(call(), taken.epoch);
      return await store.claim(...about);
    },
  });
  expect(await b.keeper.takeOver('ses_1', ANYBODY)).toMatchObject({ callId: 'call_1', epoch: 3 });
});

describe('a call that is this server’s by the store’s word, and that it does not run', () => {
  const gone = () => Promise.reject(new SegueError('DATABASE_UNAVAILABLE'));
  /** For the next question of that kind. */
  const once = (name: 'claim' | 'release', how: () => Promise<never>) =>
    Object.assign(store, {
      [name]: () => {
        Reflect.deleteProperty(store, name);
        return how();
      },
    });

  test('is gone on with when the answer to its claim was lost', async () => {
    await running();
    const b = server('b');
    b.dead.add('a');
    const found = await store.ofSession('ses_1');
    once('claim', async () => {
      if (found) await store.claim(found, 'b', 10_000);
      return await gone();
    });
    await expect(b.keeper.takeOver('ses_1', ANYBODY)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(await b.keeper.takeOver('ses_1', ANYBODY)).toMatchObject({ callId: 'call_1', epoch: 3 });
  });

  test('is gone on with when it was claimed and could not be put back', async () => {
    await running();
    const b = server('b');
    b.dead.add('a');
    const taken = await b.keeper.takeOver('ses_1', ANYBODY);
    once('release', gone);
    if (taken) await expect(b.keeper.putBack(taken)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(await b.keeper.takeOver('ses_1', ANYBODY)).toMatchObject({ callId: 'call_1', epoch: 3 });
  });

  test('is not claimed twice while it is on its way', async () => {
    await running();
    const b = server('b');
    b.dead.add('a');
    const found = await store.ofSession('ses_1');
    const taken = await b.keeper.takeOver('ses_1', ANYBODY);
    expect(taken).toMatchObject({ epoch: 2 });
    expect(found && (await b.keeper.claim({ ...found, epoch: 2 }))).toBeNull();
    expect(await store.ofSession('ses_1')).toMatchObject({ owner: 'b', epoch: 2 });
  });

  test('comes back here when it was written and could not be let go of', async () => {
    const a = await running();
    a.kept.muted = true;
    once('release', gone);
    const given = expect(a.keeper.giveUp('call_1')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await clock.advanceAsync(20);
    await given;
    const taken = await a.keeper.takeOver('ses_1', ANYBODY);
    expect(taken).toMatchObject({ epoch: 2, checkpoint: { muted: true } });
  });

  test('does not come back as it was before what is still to be written', async () => {
    const a = await running();
    a.kept.muted = true;
    store.gone = true;
    const given = expect(a.keeper.giveUp('call_1')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await clock.advanceAsync(3_000);
    await given;
    store.gone = false;
    const found = await store.ofSession('ses_1');
    expect(found && (await a.keeper.claim(found))).toBeNull();
    const taking = a.keeper.takeOver('ses_1', ANYBODY);
    await clock.advanceAsync(1_500);
    expect(await taking).toMatchObject({ checkpoint: { muted: true } });
  });

  test('does not come back when it has ended and the store does not know yet', async () => {
    const a = await running();
    a.keeper.end('call_1');
    expect(await store.ofSession('ses_1')).not.toBeNull();
    expect(await a.keeper.takeOver('ses_1', ANYBODY)).toBeNull();
    await clock.advanceAsync(20);
    expect(await store.ofSession('ses_1')).toBeNull();
  });

  test('and has come back is not lost by a question about the time before', async () => {
    const a = await running();
    const lost: string[] = [];
    a.keeper.onLost((id) => lost.push(id));
    const renew = store.renew.bind(store);
    const late = Promise.withResolvers<void>();
    Object.assign(store, {
      renew: async (...about: Parameters<typeof renew>) => {
        Reflect.deleteProperty(store, 'renew');
        await late.promise;
        return await renew(...about);
      },
    });
    await clock.advanceAsync(3_000);
    const given = a.keeper.giveUp('call_1');
    await clock.advanceAsync(20);
    await given;
    const taken = await a.keeper.takeOver('ses_1', ANYBODY);
    a.keeper.keep(call(), taken?.epoch);
    late.resolve();
    await clock.advanceAsync(3_000);
    expect(lost).toEqual([]);
  });
});

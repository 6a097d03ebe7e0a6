import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, test } from 'vitest';
import { SessionKeeper } from '../../../server/context/sessionKeeper.ts';
import { SESSION_IDLE_MS, Sessions } from '../../../server/context/sessions.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { MemorySessionStore } from '../../fakes/keptStores.ts';

const site = { siteKey: 'demo', language: 'en' } as const;
const HOUR_MS = 3_600_000;

/** What nobody holds is gone afterwards; a WeakRef that was read is held to the end of its task. */
async function collectGarbage(): Promise<void> {
  await new Promise(setImmediate);
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

describe('sessions', () => {
  test('are found by their id, and an unknown one is told', () => {
    const sessions = new Sessions(new FakeClock());
    const session = sessions.open(site);
    expect(sessions.get(session.id)).toBe(session);
    expect(() => sessions.get('ses_unknown')).toThrow(expect.objectContaining({ code: 'SESSION_UNKNOWN' }));
  });

  test('are forgotten after two idle hours, but not while they are used', () => {
    const clock = new FakeClock();
    const sessions = new Sessions(clock);
    const idle = sessions.open(site);
    const used = sessions.open(site);
    clock.advance(1.5 * HOUR_MS);
    used.touch();
    clock.advance(HOUR_MS);
    expect(sessions.size).toBe(1);
    expect(sessions.get(used.id)).toBe(used);
    expect(() => sessions.get(idle.id)).toThrow();
  });

  test('have a limit', () => {
    const sessions = new Sessions(new FakeClock(), { max: 2 });
    sessions.open(site);
    sessions.open(site);
    expect(() => sessions.open(site)).toThrow(expect.objectContaining({ code: 'CAPACITY_REACHED' }));
  });

  describe('that are kept', () => {
    let clock: FakeClock;
    let store: MemorySessionStore;
    let sessions: Sessions;
    beforeEach(() => {
      clock = new FakeClock();
      store = new MemorySessionStore();
      const keeper = new SessionKeeper({ store, clock, idleMs: SESSION_IDLE_MS });
      sessions = new Sessions(clock, { max: 4, maxAtHand: 2, keeper });
    });

    test('are let go of when too many are in memory, and found as they were', async () => {
      const first = openedWith('first');
      for (const name of ['second', 'third', 'fourth', 'fifth', 'sixth']) openedWith(name);
      await clock.advanceAsync(100);
      expect(sessions.size).toBe(2);
      await collectGarbage();
      expect(() => sessions.get(first)).toThrow(expect.objectContaining({ code: 'SESSION_UNKNOWN' }));
      expect((await sessions.find(first)).facts().name?.value).toBe('first');
    });

    test('are the same for all who use them, and stay in memory when they are used again', async () => {
      const used = sessions.open(site);
      for (const name of ['second', 'third', 'fourth']) openedWith(name);
      await clock.advanceAsync(100);
      await collectGarbage();
      expect(sessions.get(used.id)).toBe(used);
      expect(await sessions.find(used.id)).toBe(used);
      used.learn('caller', { wish: 'call me' });
      openedWith('fifth');
      const { id } = used;
      expect(sessions.get(id).facts().wish?.value).toBe('call me');
      expect(sessions.size).toBe(2);
    });

    test('all stay in memory while the database is gone, up to the limit', async () => {
      openedWith('first');
      await clock.advanceAsync(100);
      store.gone = true;
      openedWith('second');
      await clock.advanceAsync(100);
      openedWith('third');
      openedWith('fourth');
      expect(sessions.size).toBe(4);
      expect(() => openedWith('fifth')).toThrow(expect.objectContaining({ code: 'CAPACITY_REACHED' }));
      store.gone = false;
      await clock.advanceAsync(2_000);
      openedWith('fifth');
      expect(sessions.size).toBe(2);
    });

    function openedWith(name: string): string {
      const session = sessions.open(site);
      session.learn('caller', { name });
      return session.id;
    }
  });

  test('leave no timer behind', () => {
    const clock = new FakeClock();
    new Sessions(clock).close();
    expect(clock.pending).toBe(0);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CallStore, SavedCall } from '../../server/storage/callStore.ts';
import { SqlCalls } from '../../server/storage/engines/sqlCalls.ts';
import { SqlSessions } from '../../server/storage/engines/sqlSessions.ts';
import type { KeptSession, SessionStore } from '../../server/storage/sessionStore.ts';
import {
  type DatabasePlace,
  openPostgresServer,
  type PostgresServer,
  pglitePlace,
  postgresMissing,
  postgresPlace,
} from '../fakes/databases.ts';

const LEASE_MS = 60_000;
/** A lease that is over as soon as it is given. */
const OVER_MS = -1_000;

/** What every store of running calls, and of sessions, does. */
function callStoreContract(name: string, place: () => Promise<DatabasePlace>) {
  describe(`calls and sessions on ${name}`, () => {
    let calls: CallStore;
    let sessions: SessionStore;
    let close: () => Promise<void> = async () => {};
    beforeAll(async () => {
      const at = await place();
      const database = await at.open();
      calls = new SqlCalls(database);
      sessions = new SqlSessions(database);
      close = async () => {
        await database.close();
        await at.remove();
      };
    }, 90_000);
    afterAll(() => close());

    let run = 0;
    let id = '';
    let sessionId = '';
    beforeEach(() => {
      run += 1;
      id = `call_${run}`;
      sessionId = `ses_${run}`;
    });
    const call = (more: Partial<SavedCall> = {}): SavedCall => ({
      id,
      sessionId,
      site: 'shop',
      owner: 'one',
      epoch: 1,
      checkpoint: { said: 'hello', list: [1, null, 'ü'] },
      ...more,
    });

    it('keeps the latest checkpoint of a call, for its session', async () => {
      expect(await calls.ofSession(sessionId)).toBeNull();
      expect(await calls.save([call()], LEASE_MS)).toEqual([]);
      expect(await calls.save([call({ checkpoint: { said: 'bye' } })], LEASE_MS)).toEqual([]);
      const kept = await calls.ofSession(sessionId);
      expect(kept).toMatchObject({ ...call(), checkpoint: { said: 'bye' } });
      expect(kept?.leaseLeftMs).toBeGreaterThan(LEASE_MS / 2);
    });

    it('keeps text that no column can hold, in readable form', async () => {
      await calls.save([call({ checkpoint: { said: 'a\0b\ud800c' } })], LEASE_MS);
      expect((await calls.ofSession(sessionId))?.checkpoint.said).toMatch(/^a.b.c$/);
    });

    it('gives a call to one of many that take it over at once, and only from what they have read', async () => {
      await calls.save([call()], OVER_MS);
      const tries = await Promise.all(
        ['two', 'three', 'four'].map((owner) => calls.claim({ id, epoch: 1 }, owner, LEASE_MS)),
      );
      const [winner] = tries.filter((claimed) => claimed !== null);
      expect(tries.filter((claimed) => claimed !== null)).toHaveLength(1);
      expect(winner).toMatchObject({ id, sessionId, epoch: 2, checkpoint: call().checkpoint });
      expect(await calls.claim({ id, epoch: 1 }, 'five', LEASE_MS)).toBeNull();
      expect(await calls.ofSession(sessionId)).toMatchObject({ owner: winner?.owner, epoch: 2 });
    });

    it('takes nothing more from who was its owner before, and tells them', async () => {
      await calls.save([call()], LEASE_MS);
      await calls.claim({ id, epoch: 1 }, 'two', LEASE_MS);
      expect(await calls.renew([call()], LEASE_MS)).toEqual([id]);
      expect(await calls.save([call({ checkpoint: { said: 'late' } })], LEASE_MS)).toEqual([id]);
      await calls.end([call()]);
      const kept = await calls.ofSession(sessionId);
      expect(kept).toMatchObject({ owner: 'two', epoch: 2, checkpoint: call().checkpoint });
      expect(await calls.save([call({ owner: 'two', epoch: 2 })], LEASE_MS)).toEqual([]);
    });

    it('renews the leases of many calls at once', async () => {
      const others = [call(), call({ id: `${id}b`, sessionId: `${sessionId}b` })];
      await calls.save(others, OVER_MS);
      expect((await calls.ofSession(sessionId))?.leaseLeftMs).toBeLessThan(0);
      const unknown = call({ id: `${id}c` });
      expect(await calls.renew([...others, unknown], LEASE_MS)).toEqual([unknown.id]);
      expect((await calls.ofSession(`${sessionId}b`))?.leaseLeftMs).toBeGreaterThan(0);
    });

    it('lets a call go that is given up, and by its owner only', async () => {
      await calls.save([call()], LEASE_MS);
      await calls.release(call({ owner: 'somebody else' }));
      expect(await calls.ofSession(sessionId)).toMatchObject({ owner: 'one' });
      await calls.release(call());
      expect(await calls.ofSession(sessionId)).toMatchObject({ owner: null, epoch: 1 });
      expect(await calls.renew([call()], LEASE_MS)).toEqual([id]);
      expect(await calls.claim({ id, epoch: 1 }, 'two', LEASE_MS)).toMatchObject({ owner: 'two', epoch: 2 });
    });

    it('keeps nothing of a call that has ended, whatever is still written', async () => {
      await calls.save([call()], LEASE_MS);
      await calls.end([call()]);
      expect(await calls.ofSession(sessionId)).toBeNull();
      expect(await calls.claim({ id, epoch: 1 }, 'two', LEASE_MS)).toBeNull();
      expect(await calls.save([call()], LEASE_MS)).toEqual([id]);
      await calls.purge(-1_000);
      expect(await calls.save([call({ epoch: 7 })], LEASE_MS)).toEqual([]);
    });

    it('finds calls that nobody runs any more', async () => {
      await calls.save([call()], OVER_MS);
      await calls.save([call({ id: `${id}b`, sessionId: `${sessionId}b` })], LEASE_MS);
      const found = (await calls.abandoned(0, 100)).map((one) => one.id);
      expect(found).toContain(id);
      expect(found).not.toContain(`${id}b`);
      expect((await calls.abandoned(60_000, 100)).map((one) => one.id)).not.toContain(id);
    });

    it('forgets what was said in an erased call, which goes on without being kept', async () => {
      await calls.save([call()], LEASE_MS);
      await calls.erase([id]);
      expect(await calls.ofSession(sessionId)).toBeNull();
      expect(await calls.save([call()], LEASE_MS)).toEqual([]);
      expect(await calls.renew([call()], OVER_MS)).toEqual([]);
      expect(await calls.claim({ id, epoch: 1 }, 'two', LEASE_MS)).toBeNull();
      expect((await calls.abandoned(0, 100)).map((one) => one.id)).not.toContain(id);
      expect(await calls.renew([call()], LEASE_MS)).toEqual([]);
      await calls.purge(0);
      expect(await calls.renew([call()], OVER_MS)).toEqual([]);
      await calls.purge(0);
      expect(await calls.renew([call()], LEASE_MS)).toEqual([id]);
    });

    const session = (more: Partial<KeptSession> = {}): KeptSession => ({
      id: sessionId,
      site: 'shop',
      data: { facts: { name: 'Jane' } },
      touchedMs: 5_000,
      ...more,
    });

    it('keeps a session as it was last', async () => {
      expect(await sessions.load(sessionId, 0)).toBeNull();
      await sessions.save([session(), session({ id: `${sessionId}b` })]);
      await sessions.save([session({ data: { facts: {} }, touchedMs: 6_000 })]);
      expect(await sessions.load(sessionId, 0)).toEqual(session({ data: { facts: {} }, touchedMs: 6_000 }));
      expect(await sessions.load(`${sessionId}b`, 0)).toEqual(session({ id: `${sessionId}b` }));
    });

    it('knows no session that was not touched for too long, and removes it', async () => {
      await sessions.save([session()]);
      expect(await sessions.load(sessionId, 5_000)).toBeNull();
      await sessions.purge(5_000);
      expect(await sessions.load(sessionId, 0)).not.toBeNull();
      await sessions.purge(5_001);
      expect(await sessions.load(sessionId, 0)).toBeNull();
    });

    it('keeps nothing of an erased session any more', async () => {
      await sessions.save([session()]);
      await sessions.erase([sessionId]);
      expect(await sessions.load(sessionId, 0)).toBeNull();
      await sessions.save([session({ touchedMs: 9_000 })]);
      expect(await sessions.load(sessionId, 0)).toBeNull();
      // As long as it is used, it is known that it was erased.
      await sessions.purge(8_000);
      await sessions.save([session({ touchedMs: 9_500 })]);
      expect(await sessions.load(sessionId, 0)).toBeNull();
    });
  });
}

callStoreContract('PGlite', async () => pglitePlace());

describe.skipIf(postgresMissing)('with a real PostgreSQL:', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await openPostgresServer();
  }, 60_000);
  afterAll(() => server.close());
  callStoreContract('PostgreSQL', () => postgresPlace(server.url));
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Keeping, openKeeping } from '../../../server/app/keeping.ts';
import { Sessions } from '../../../server/context/sessions.ts';
import { SqlLedger } from '../../../server/ledger/engines/sql.ts';
import { ledgerEvent } from '../../../server/ledger/event.ts';
import type { Database } from '../../../server/storage/database.ts';
import { createLog } from '../../../server/telemetry/log.ts';
import { systemClock as clock } from '../../../shared/clock.ts';
import { type DatabasePlace, pglitePlace } from '../../fakes/databases.ts';

const JANE = `per_${'1'.repeat(32)}`;

let at: DatabasePlace;
let database: Database;
let ledger: SqlLedger;
beforeAll(async () => {
  at = pglitePlace();
  database = await at.open();
  ledger = new SqlLedger(database);
}, 90_000);
afterAll(async () => {
  await database.close();
  await at.remove();
});

/** What one process keeps. */
function keepingOf(owner: string): Keeping {
  return openKeeping({
    database,
    ledger,
    place: { owner, sessionSecret: new Uint8Array(32), wasHere: () => true },
    clock,
    log: createLog('silent'),
    verifiers: () => ({ snapshot: () => ({ shown: 'a code' }), restore: () => {} }),
    isGone: () => false,
    ask: undefined,
  });
}

test('what is kept of a customer is told, and erased for good', async () => {
  const keeping = keepingOf('here/one');
  const sessions = new Sessions(clock, { keeper: keeping.sessions });
  const session = sessions.open({ siteKey: 'shop', language: 'en' });
  session.learn('caller', { street: '12 Oak Street' });
  const call = {
    id: 'call_1',
    session,
    checkpoint: () =>
      ({ said: '12 Oak Street', startedAt: 0, atMs: 0, language: 'en', voice: false }) as never,
  };
  keeping.calls.keep(call);
  await keeping.flushed();
  const of = { site: 'shop', channel: 'voice', personId: JANE, sessionId: session.id } as const;
  await ledger.append([
    ledgerEvent({ kind: 'session.opened', ...of }, clock.epochMs()),
    ledgerEvent({ kind: 'contact.started', ...of, contactId: call.id }, clock.epochMs()),
  ]);

  const { records } = keeping;
  expect(JSON.stringify(await records.export('shop', [JANE]))).toContain('12 Oak Street');
  await records.erase('shop', [JANE], clock.epochMs());
  session.learn('caller', { street: '14 Oak Street' });
  keeping.calls.touch(call.id);
  await keeping.flushed();
  const { rows } = await database.db.execute(
    'SELECT data FROM sessions UNION ALL SELECT checkpoint FROM calls',
  );
  expect(rows).toEqual([{ data: {} }, { data: {} }]);
  expect(await records.export('shop', [JANE])).toEqual([]);

  const other = keepingOf('here/two');
  expect(await other.calls.takeOver(session.id, { line: null, insists: false })).toBeNull();
  await expect(new Sessions(clock, { keeper: other.sessions }).find(session.id)).rejects.toMatchObject({
    code: 'SESSION_UNKNOWN',
  });
  await Promise.all([keeping.close(), other.close()]);
});

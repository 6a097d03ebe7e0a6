import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import type { Json, JsonObject } from '../../shared/json.ts';
import { CallKeeper, type CallKeeperParts } from '../call/callKeeper.ts';
import type { Session } from '../context/session.ts';
import { SessionKeeper } from '../context/sessionKeeper.ts';
import { SESSION_IDLE_MS } from '../context/sessions.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { PersonalRecords } from '../ledger/people.ts';
import type { Database } from '../storage/database.ts';
import { SqlCalls } from '../storage/engines/sqlCalls.ts';
import { SqlSessions } from '../storage/engines/sqlSessions.ts';
import type { SessionStore } from '../storage/sessionStore.ts';
import type { Log } from '../telemetry/log.ts';
import type { Verifiers } from '../verification/verifiers.ts';
import { nodeOf, type Place } from './place.ts';

const PAGE = 500;

export type Keeping = {
  sessions: SessionKeeper;
  calls: CallKeeper;
  /** Resolves when what runs here could go on elsewhere as it is by now, and at once while that is not possible. */
  flushed(): Promise<void>;
  /** For the export and the erasure of a customer. */
  records: PersonalRecords;
  /** For /readyz. */
  state(): { ok: boolean; detail?: string };
  close(): Promise<void>;
};

/** Keeps sessions and running calls in the database, for the time when this process is gone. */
export function openKeeping(parts: {
  database: Database;
  ledger: Ledger;
  place: Place;
  clock: Clock;
  log: Log;
  verifiers: () => Pick<Verifiers, 'snapshot' | 'restore'>;
  /** Whether another server is known to be gone. */
  isGone: (node: string) => boolean;
  /** Asks another server for a call; undefined where there is none to be asked. */
  ask: CallKeeperParts['ask'];
}): Keeping {
  const { database, ledger, place, clock, log } = parts;
  const sessionStore = new SqlSessions(database);
  const callStore = new SqlCalls(database);
  const troubleOf = (what: string) => (error: unknown) => {
    if (error === null) log.info(`${what} are kept again`);
    else log.error({ code: SegueError.from(error).code }, `${what} are not kept`);
  };
  const sessions = new SessionKeeper({
    store: sessionStore,
    clock,
    onTrouble: troubleOf('sessions'),
    idleMs: SESSION_IDLE_MS,
    beside: {
      snapshot: (session: Session): JsonObject => ({ verification: parts.verifiers().snapshot(session) }),
      restore: (session, { verification }) =>
        parts.verifiers().restore(session, (verification ?? {}) as JsonObject),
    },
  });
  const calls = new CallKeeper({
    store: callStore,
    owner: place.owner,
    clock,
    isDead: (owner) => place.wasHere(owner) || parts.isGone(nodeOf(owner)),
    onTrouble: troubleOf('running calls'),
    ...(parts.ask ? { ask: parts.ask } : {}),
  });
  return {
    sessions,
    calls,
    async flushed() {
      await Promise.all([sessions.flushed(), calls.flushed()]);
    },
    records: recordsOfRunning(ledger, sessionStore, callStore),
    state: () =>
      calls.failing || sessions.failing
        ? {
            ok: false,
            detail: 'Running calls would be lost with this process: the database does not answer.',
          }
        : { ok: true },
    async close() {
      await Promise.all([sessions.close(), calls.close()]);
    },
  };
}

/** What is kept of a person's sessions and running calls, for as long as these go on. */
function recordsOfRunning(
  ledger: Ledger,
  sessions: SessionStore,
  calls: Pick<SqlCalls, 'erase'>,
): PersonalRecords {
  return {
    name: 'sessions',
    async export(site, people) {
      const { sessionIds } = await idsOf(ledger, site, people);
      const kept = await Promise.all(sessionIds.map((id) => sessions.load(id, 0)));
      return kept.flatMap((session): Json[] => (session ? [{ id: session.id, ...session.data }] : []));
    },
    async erase(site, people) {
      const { sessionIds, callIds } = await idsOf(ledger, site, people);
      await sessions.erase(sessionIds);
      await calls.erase(callIds);
    },
  };
}

async function idsOf(ledger: Ledger, site: string, people: readonly string[]) {
  const sessionIds = new Set<string>();
  const callIds = new Set<string>();
  for (let afterSeq = 0; ; ) {
    const kinds = ['session.opened', 'contact.started'] as const;
    const events = await ledger.read({ site, people, kinds, afterSeq, limit: PAGE });
    for (const { sessionId, contactId } of events) {
      if (sessionId) sessionIds.add(sessionId);
      if (contactId) callIds.add(contactId);
    }
    const last = events.at(-1);
    if (!last) return { sessionIds: [...sessionIds], callIds: [...callIds] };
    afterSeq = last.seq;
  }
}

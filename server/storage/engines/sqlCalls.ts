import type { CallStore, CallTenure, KeptCall, SavedCall } from '../callStore.ts';
import type { Database, Sql } from '../database.ts';
import { asking } from '../databaseError.ts';
import { and, asc, eq, inArray, isNull, lt, or, type SQL, sql } from '../drizzle.ts';
import { jsonText } from '../jsonText.ts';
import { calls } from '../tables/calls.ts';

/** The database's clock, in milliseconds since the epoch. */
const NOW = sql`floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint`;

/** Running calls as a table of PostgreSQL or PGlite. */
export class SqlCalls implements CallStore {
  readonly name: string;
  readonly #db: Sql;
  readonly #patient: Sql;

  constructor(database: Database) {
    this.name = database.name;
    this.#db = database.db;
    this.#patient = database.patient;
  }

  async save(saved: readonly SavedCall[], leaseMs: number): Promise<string[]> {
    if (saved.length === 0) return [];
    const { rows } = await asking(() =>
      this.#db.execute<{ id: string }>(sql`
        INSERT INTO calls (id, session_id, site, owner, epoch, lease_until_ms, checkpoint, erased)
        SELECT id, "sessionId", site, owner, epoch, ${NOW} + ${leaseMs}, checkpoint, false
        FROM jsonb_to_recordset(${jsonText(saved)}::jsonb)
          AS saved(id text, "sessionId" text, site text, owner text, epoch integer, checkpoint jsonb)
        ON CONFLICT (id) DO UPDATE SET
          lease_until_ms = excluded.lease_until_ms,
          checkpoint = CASE WHEN calls.erased THEN calls.checkpoint ELSE excluded.checkpoint END
        WHERE calls.owner = excluded.owner AND calls.epoch = excluded.epoch AND calls.ended_ms IS NULL
        RETURNING id`),
    );
    return missing(saved, rows);
  }

  async renew(tenures: readonly CallTenure[], leaseMs: number): Promise<string[]> {
    if (tenures.length === 0) return [];
    const { rows } = await asking(() =>
      this.#db.execute<{ id: string }>(sql`
        UPDATE calls SET lease_until_ms = ${NOW} + ${leaseMs}
        ${theirs(tenures)}
        RETURNING calls.id`),
    );
    return missing(tenures, rows);
  }

  async ofSession(sessionId: string): Promise<KeptCall | null> {
    const [call] = await this.#select(and(eq(calls.sessionId, sessionId), GOES_ON), 1);
    return call ?? null;
  }

  async claim(
    { id, epoch }: Pick<KeptCall, 'id' | 'epoch'>,
    owner: string,
    leaseMs: number,
  ): Promise<KeptCall | null> {
    const [claimed] = await asking(() =>
      this.#db
        .update(calls)
        .set({ owner, epoch: epoch + 1, leaseUntilMs: sql`${NOW} + ${leaseMs}` })
        .where(and(eq(calls.id, id), eq(calls.epoch, epoch), GOES_ON))
        .returning(COLUMNS),
    );
    return claimed ?? null;
  }

  async release({ id, owner, epoch }: CallTenure): Promise<void> {
    await asking(() =>
      this.#db
        .update(calls)
        .set({ owner: null })
        .where(and(eq(calls.id, id), eq(calls.owner, owner), eq(calls.epoch, epoch))),
    );
  }

  async end(tenures: readonly CallTenure[]): Promise<void> {
    if (tenures.length === 0) return;
    await asking(() =>
      this.#db.execute(sql`
        UPDATE calls SET ended_ms = ${NOW}, checkpoint = '{}'
        ${theirs(tenures)}`),
    );
  }

  abandoned(sinceMs: number, limit: number): Promise<KeptCall[]> {
    return this.#select(and(lt(calls.leaseUntilMs, sql`${NOW} - ${sinceMs}`), GOES_ON), limit);
  }

  async erase(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await asking(() =>
      this.#db
        .update(calls)
        .set({ checkpoint: {}, erased: true })
        .where(inArray(calls.id, [...ids])),
    );
  }

  async purge(sinceMs: number): Promise<void> {
    const before = sql`${NOW} - ${sinceMs}`;
    const over = or(lt(calls.endedMs, before), and(eq(calls.erased, true), lt(calls.leaseUntilMs, before)));
    await asking(() => this.#patient.delete(calls).where(over));
  }

  #select(where: SQL | undefined, limit: number): Promise<KeptCall[]> {
    return asking(() =>
      this.#db.select(COLUMNS).from(calls).where(where).orderBy(asc(calls.leaseUntilMs)).limit(limit),
    );
  }
}

/** What can be taken over: of what is erased nothing is left to go on with. */
const GOES_ON = and(isNull(calls.endedMs), eq(calls.erased, false));

const COLUMNS = {
  id: calls.id,
  sessionId: calls.sessionId,
  site: calls.site,
  owner: calls.owner,
  epoch: calls.epoch,
  checkpoint: calls.checkpoint,
  leaseLeftMs: sql<number>`(${calls.leaseUntilMs} - ${NOW})::float8`,
};

/** The rest of an UPDATE of calls that these owners still have. */
function theirs(tenures: readonly CallTenure[]): SQL {
  const rows = jsonText(tenures.map(({ id, owner, epoch }) => ({ id, owner, epoch })));
  return sql`
    FROM jsonb_to_recordset(${rows}::jsonb) AS theirs(id text, owner text, epoch integer)
    WHERE calls.id = theirs.id AND calls.owner = theirs.owner AND calls.epoch = theirs.epoch
      AND calls.ended_ms IS NULL`;
}

function missing(asked: readonly { id: string }[], found: readonly { id: string }[]): string[] {
  const there = new Set(found.map(({ id }) => id));
  return asked.map(({ id }) => id).filter((id) => !there.has(id));
}

import type { Database, Sql } from '../database.ts';
import { asking } from '../databaseError.ts';
import { and, eq, gt, inArray, lt, sql } from '../drizzle.ts';
import { jsonText } from '../jsonText.ts';
import type { KeptSession, SessionStore } from '../sessionStore.ts';
import { sessions } from '../tables/calls.ts';

/** Sessions as a table of PostgreSQL or PGlite. */
export class SqlSessions implements SessionStore {
  readonly name: string;
  readonly #db: Sql;
  readonly #patient: Sql;

  constructor(database: Database) {
    this.name = database.name;
    this.#db = database.db;
    this.#patient = database.patient;
  }

  async save(kept: readonly KeptSession[]): Promise<void> {
    if (kept.length === 0) return;
    await asking(() =>
      this.#db.execute(sql`
        INSERT INTO sessions (id, site, data, touched_ms, erased)
        SELECT id, site, data, "touchedMs", false
        FROM jsonb_to_recordset(${jsonText(kept)}::jsonb)
          AS kept(id text, site text, data jsonb, "touchedMs" bigint)
        ON CONFLICT (id) DO UPDATE SET
          data = CASE WHEN sessions.erased THEN sessions.data ELSE excluded.data END,
          touched_ms = excluded.touched_ms`),
    );
  }

  async load(id: string, sinceMs: number): Promise<KeptSession | null> {
    const [row] = await asking(() =>
      this.#db
        .select()
        .from(sessions)
        .where(and(eq(sessions.id, id), eq(sessions.erased, false), gt(sessions.touchedMs, sinceMs))),
    );
    return row ? { id: row.id, site: row.site, data: row.data, touchedMs: row.touchedMs } : null;
  }

  async erase(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await asking(() =>
      this.#db
        .update(sessions)
        .set({ data: {}, erased: true })
        .where(inArray(sessions.id, [...ids])),
    );
  }

  async purge(beforeMs: number): Promise<void> {
    await asking(() => this.#patient.delete(sessions).where(lt(sessions.touchedMs, beforeMs)));
  }
}

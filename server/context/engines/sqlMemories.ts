import type { JsonObject } from '../../../shared/json.ts';
import type { Database, Sql } from '../../storage/database.ts';
import { asking } from '../../storage/databaseError.ts';
import { and, eq, inArray, sql } from '../../storage/drizzle.ts';
import { memories, projections } from '../../storage/tables/people.ts';
import type { PersonMemory } from '../memory/memory.ts';
import type { KeptMemory, MemoryStore } from '../memory/memoryStore.ts';

const NAME = 'memory';
/** Rows of one statement. */
const BATCH = 500;

/** Memories in PostgreSQL or PGlite. */
export class SqlMemories implements MemoryStore {
  readonly #db: Sql;
  readonly #patient: Sql;

  constructor(database: Database) {
    this.#db = database.db;
    this.#patient = database.patient;
  }

  load(people: readonly string[]): Promise<KeptMemory[]> {
    if (people.length === 0) return Promise.resolve([]);
    return asking(async () => {
      const rows = await this.#db
        .select()
        .from(memories)
        .where(inArray(memories.personId, [...people]));
      return rows.map(({ site, personId, seq, personal }) => ({
        site,
        personId,
        seq,
        memory: personal as unknown as PersonMemory,
      }));
    });
  }

  place(version: number): Promise<number> {
    return asking(async () => {
      const [row] = await this.#db.select().from(projections).where(eq(projections.name, NAME));
      return row?.version === version ? row.seq : 0;
    });
  }

  keep(kept: readonly KeptMemory[], from: number, to: number, version: number): Promise<boolean> {
    return asking(() =>
      this.#patient.transaction(async (tx) => {
        await tx.insert(projections).values({ name: NAME, version, seq: 0 }).onConflictDoNothing();
        const { rowCount } = await tx
          .update(projections)
          .set({ seq: to })
          .where(
            and(eq(projections.name, NAME), eq(projections.version, version), eq(projections.seq, from)),
          );
        if (rowCount === 0) return false;
        for (let at = 0; at < kept.length; at += BATCH) {
          const rows = kept.slice(at, at + BATCH).map(({ site, personId, seq, memory }) => ({
            site,
            person_id: personId,
            seq,
            personal: memory as unknown as JsonObject,
          }));
          await tx.execute(sql`
            INSERT INTO memories (person_id, site, seq, personal)
            SELECT person_id, site, seq, personal
            FROM json_to_recordset(${JSON.stringify(rows)}::json)
              AS (person_id text, site text, seq bigint, personal jsonb)
            ON CONFLICT (person_id) DO UPDATE SET seq = excluded.seq, personal = excluded.personal`);
        }
        return true;
      }),
    );
  }

  clear(version: number): Promise<void> {
    return asking(() =>
      this.#patient.transaction(async (tx) => {
        await tx
          .insert(projections)
          .values({ name: NAME, version, seq: 0 })
          .onConflictDoUpdate({ target: projections.name, set: { version, seq: 0 } });
        await tx.execute(sql`TRUNCATE memories`);
      }),
    );
  }

  forget(people: readonly string[]): Promise<void> {
    if (people.length === 0) return Promise.resolve();
    return asking(async () => {
      await this.#db.delete(memories).where(inArray(memories.personId, [...people]));
    });
  }
}

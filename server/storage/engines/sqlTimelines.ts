import type { Clock } from '../../../shared/clock.ts';
import { SegueError } from '../../../shared/errors.ts';
import type { TimelineEntry } from '../../../shared/timeline.ts';
import type { Database, Sql } from '../database.ts';
import { asking } from '../databaseError.ts';
import { asc, eq, sql } from '../drizzle.ts';
import { jsonText } from '../jsonText.ts';
import { LOCKS } from '../locks.ts';
import { timelineEntries, timelineErasures } from '../tables/timelines.ts';
import type { TimelineStore } from '../timelineStore.ts';
import { WriteBehind } from '../writeBehind.ts';

/** Entries that wait for a database that is gone: some minutes of a hundred calls, 20 MB. */
const MOST_WAITING = 100_000;

/** Timelines as tables of the database that all servers have: wherever a call went, there is one of it. */
export class SqlTimelines implements TimelineStore {
  readonly name: string;
  readonly #db: Sql;
  readonly #waiting = new Map<string, TimelineEntry[]>();
  readonly #writes: WriteBehind<string>;
  #count = 0;

  /** `onTrouble` is told when nothing can be written, and null when it can be again. */
  constructor(parts: { database: Database; clock: Clock; onTrouble?: (error: unknown) => void }) {
    const { database, clock, onTrouble } = parts;
    this.name = database.name;
    this.#db = database.db;
    this.#writes = new WriteBehind({
      clock,
      write: (callIds) => this.#write(callIds),
      ...(onTrouble ? { onTrouble } : {}),
    });
  }

  /** Rejects with DATABASE_UNAVAILABLE when too much waits already; what waits is written once the database is back. */
  async append(callId: string, entries: readonly TimelineEntry[]): Promise<void> {
    if (this.#count + entries.length > MOST_WAITING) throw new SegueError('DATABASE_UNAVAILABLE');
    const waiting = this.#waiting.get(callId);
    if (waiting) waiting.push(...entries);
    else this.#waiting.set(callId, [...entries]);
    this.#count += entries.length;
    this.#writes.touch(callId);
    await this.#writes.flushed();
  }

  async read(callId: string): Promise<TimelineEntry[] | null> {
    await this.#writes.flushed();
    const rows = await asking(() =>
      this.#db
        .select({ entry: timelineEntries.entry })
        .from(timelineEntries)
        .where(eq(timelineEntries.callId, callId))
        .orderBy(asc(timelineEntries.seq)),
    );
    if (rows.length === 0) return null;
    return rows.map(({ entry }) => entry).sort((one, other) => one.tMs - other.tMs);
  }

  async erase(callId: string): Promise<void> {
    this.#forget(callId, this.#waiting.get(callId)?.length ?? 0);
    this.#writes.drop(callId);
    await asking(() =>
      this.#db.transaction(async (tx) => {
        await tx.execute(sql`SELECT pg_advisory_xact_lock(${LOCKS.timelines})`);
        await tx.insert(timelineErasures).values({ callId }).onConflictDoNothing();
        await tx.delete(timelineEntries).where(eq(timelineEntries.callId, callId));
      }),
    );
  }

  async remove(callId: string): Promise<void> {
    await asking(() => this.#db.delete(timelineEntries).where(eq(timelineEntries.callId, callId)));
  }

  async close(): Promise<void> {
    await this.#writes.close();
  }

  async #write(callIds: readonly string[]): Promise<void> {
    const batch = callIds.map((callId) => ({ callId, entries: [...(this.#waiting.get(callId) ?? [])] }));
    await asking(() =>
      this.#db.transaction(async (tx) => {
        // Nothing of a call comes behind its erasure: only a statement that begins under the lock sees that.
        await tx.execute(sql`SELECT pg_advisory_xact_lock_shared(${LOCKS.timelines})`);
        await tx.execute(sql`
          INSERT INTO timeline_entries (call_id, entry)
          SELECT batch."callId", entry.value
          FROM jsonb_to_recordset(${jsonText(batch)}::jsonb) AS batch("callId" text, entries jsonb),
            jsonb_array_elements(batch.entries) WITH ORDINALITY AS entry(value, place)
          WHERE NOT EXISTS (SELECT 1 FROM timeline_erasures erased WHERE erased.call_id = batch."callId")
          ORDER BY batch."callId", entry.place`);
      }),
    );
    for (const { callId, entries } of batch) this.#forget(callId, entries.length);
  }

  /** The first entries of a call wait no more. */
  #forget(callId: string, count: number): void {
    const waiting = this.#waiting.get(callId);
    if (!waiting) return;
    this.#count -= waiting.splice(0, count).length;
    if (waiting.length === 0) this.#waiting.delete(callId);
  }
}

import { SegueError } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/json.ts';
import type { Database, Sql } from '../database.ts';
import { asking } from '../databaseError.ts';
import { and, asc, eq, gt, isNull, lt, lte, or, sql } from '../drizzle.ts';
import type { NewOutboxEntry, OutboxEnd, OutboxEntry, OutboxKey, OutboxStore } from '../outboxStore.ts';
import { outbox } from '../tables/outbox.ts';

/** The outbox as a table of PostgreSQL or PGlite. Rejects with DATABASE_UNAVAILABLE. */
export class SqlOutbox implements OutboxStore {
  readonly name: string;
  readonly #db: Sql;
  readonly #patient: Sql;

  constructor(database: Database) {
    this.name = database.name;
    this.#db = database.db;
    this.#patient = database.patient;
  }

  async add(entry: NewOutboxEntry): Promise<OutboxEntry> {
    const args = storable(entry.args);
    return asking(async () => {
      const [added] = await this.#db
        .insert(outbox)
        .values({ ...entry, args, state: 'waiting', attempts: 0, nextAtMs: entry.notedAtMs })
        .onConflictDoNothing()
        .returning();
      if (added) return added;
      const [known] = await this.#db.select().from(outbox).where(is(entry));
      if (known) return known;
      throw new SegueError('DATABASE_UNAVAILABLE', 'The entry was removed at this moment.');
    });
  }

  claim(lane: string, nowMs: number, untilMs: number): Promise<OutboxEntry | null> {
    // The first one or none: another that is taken at the same moment is waited for, not passed over.
    const head = this.#db
      .select({ seq: outbox.seq })
      .from(outbox)
      .where(and(eq(outbox.lane, lane), eq(outbox.state, 'waiting')))
      .orderBy(asc(outbox.seq))
      .limit(1)
      .for('update');
    return asking(async () => {
      const [taken] = await this.#db
        .update(outbox)
        .set({ leasedUntilMs: untilMs })
        .where(
          and(
            eq(outbox.lane, lane),
            eq(outbox.state, 'waiting'),
            eq(outbox.seq, head),
            lte(outbox.nextAtMs, nowMs),
            or(isNull(outbox.leasedUntilMs), lte(outbox.leasedUntilMs, nowMs)),
          ),
        )
        .returning();
      return taken ?? null;
    });
  }

  async end(key: OutboxKey, end: OutboxEnd, atMs: number): Promise<void> {
    const outcome = end.state === 'done' ? { answer: storable(end.answer) } : { reason: end.reason };
    await asking(() =>
      this.#db
        .update(outbox)
        .set({ state: end.state, ...outcome, endedAtMs: atMs, leasedUntilMs: null })
        .where(and(is(key), eq(outbox.state, 'waiting'))),
    );
  }

  async postpone(key: OutboxKey, attempts: number, nextAtMs: number): Promise<void> {
    await asking(() =>
      this.#db
        .update(outbox)
        .set({ attempts, nextAtMs, leasedUntilMs: null })
        .where(and(is(key), eq(outbox.state, 'waiting'))),
    );
  }

  async due(nowMs: number, limit: number): Promise<string[]> {
    const { rows } = await asking(() =>
      this.#db.execute<{ lane: string }>(sql`
        SELECT lane FROM outbox first
        WHERE state = 'waiting' AND next_at_ms <= ${nowMs}
          AND (leased_until_ms IS NULL OR leased_until_ms <= ${nowMs})
          AND NOT EXISTS (
            SELECT 1 FROM outbox earlier
            WHERE earlier.lane = first.lane AND earlier.state = 'waiting' AND earlier.seq < first.seq
          )
        ORDER BY next_at_ms LIMIT ${limit}`),
    );
    return rows.map(({ lane }) => lane);
  }

  waiting(limit: number, afterSeq = 0): Promise<OutboxEntry[]> {
    const where = and(eq(outbox.state, 'waiting'), gt(outbox.seq, afterSeq));
    return asking(() => this.#db.select().from(outbox).where(where).orderBy(asc(outbox.seq)).limit(limit));
  }

  async purge(beforeMs: number): Promise<void> {
    await asking(() => this.#patient.delete(outbox).where(lt(outbox.endedAtMs, beforeMs)));
  }

  async erase(siteKey: string, customerId: string): Promise<number> {
    const { rowCount } = await asking(() =>
      this.#db.delete(outbox).where(and(eq(outbox.siteKey, siteKey), eq(outbox.customerId, customerId))),
    );
    return rowCount ?? 0;
  }
}

function is({ siteKey, idempotencyKey }: OutboxKey) {
  return and(eq(outbox.siteKey, siteKey), eq(outbox.idempotencyKey, idempotencyKey));
}

/** Without the character zero and halves of surrogate pairs, which `jsonb` cannot hold. */
function storable(value: JsonObject): JsonObject {
  const text = JSON.stringify(value);
  if (!/\\u(?:0000|d[89a-f])/i.test(text)) return value;
  return JSON.parse(text, (_key, item: unknown) =>
    typeof item === 'string' ? item.toWellFormed().replaceAll('\0', '\uFFFD') : item,
  ) as JsonObject;
}

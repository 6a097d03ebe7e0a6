import { SegueError } from '../../../shared/errors.ts';
import type { Database, Sql } from '../../storage/database.ts';
import { databaseFault } from '../../storage/databaseError.ts';
import { and, asc, desc, eq, gt, inArray, lt, max, type SQL, sql } from '../../storage/drizzle.ts';
import { jsonText } from '../../storage/jsonText.ts';
import { LOCKS } from '../../storage/locks.ts';
import { ledgerErasures, ledgerEvents } from '../../storage/tables/ledger.ts';
import type { Channel, LedgerEvent, LedgerKind, StoredEvent } from '../event.ts';
import type { Ledger, LedgerQuery, ScanFilter } from '../ledger.ts';

const MAX_ROWS = 1_000;

/** The ledger as a table of PostgreSQL or PGlite. */
export class SqlLedger implements Ledger {
  readonly name: string;
  readonly #db: Sql;
  readonly #patient: Sql;
  readonly #listeners = new Set<() => void>();

  constructor(database: Database) {
    this.name = database.name;
    this.#db = database.db;
    this.#patient = database.patient;
  }

  async append(events: readonly LedgerEvent[]): Promise<void> {
    if (events.length === 0) return;
    const rows = jsonText(events);
    await this.#ask(() =>
      this.#db.transaction(async (tx) => {
        await tx.execute(lock());
        await tx.execute(insertion(rows));
      }),
    );
    for (const listener of this.#listeners) listener();
  }

  async read({ site, people, kinds, afterSeq, beforeSeq, contactId, limit, newestFirst }: LedgerQuery) {
    if (people.length === 0 || kinds?.length === 0) return [];
    const { seq } = ledgerEvents;
    const where = and(
      eq(ledgerEvents.site, site),
      inArray(ledgerEvents.personId, [...people]),
      kinds && inArray(ledgerEvents.kind, [...kinds]),
      afterSeq === undefined ? undefined : gt(seq, afterSeq),
      beforeSeq === undefined ? undefined : lt(seq, beforeSeq),
      contactId === undefined ? undefined : eq(ledgerEvents.contactId, contactId),
    );
    return this.#select(where, newestFirst ? desc(seq) : asc(seq), limit);
  }

  async scan(afterSeq: number, limit: number, { site, kinds }: ScanFilter = {}): Promise<StoredEvent[]> {
    const where = and(
      gt(ledgerEvents.seq, afterSeq),
      site === undefined ? undefined : eq(ledgerEvents.site, site),
      kinds && inArray(ledgerEvents.kind, [...kinds]),
    );
    return this.#select(where, asc(ledgerEvents.seq), limit, this.#patient);
  }

  async head(): Promise<number> {
    const [row] = await this.#ask(() => this.#db.select({ seq: max(ledgerEvents.seq) }).from(ledgerEvents));
    return row?.seq ?? 0;
  }

  erase(site: string, people: readonly string[], atMs: number): Promise<number> {
    if (people.length === 0) return Promise.resolve(0);
    return this.#ask(() =>
      this.#patient.transaction(async (tx) => {
        await tx.execute(lock());
        await tx
          .insert(ledgerErasures)
          .values(people.map((personId) => ({ site, personId, atMs })))
          .onConflictDoNothing();
        const { rowCount } = await tx
          .update(ledgerEvents)
          .set({ personal: {} })
          .where(
            and(
              eq(ledgerEvents.site, site),
              inArray(ledgerEvents.personId, [...people]),
              sql`${ledgerEvents.personal} <> '{}'`,
            ),
          );
        return rowCount ?? 0;
      }),
    );
  }

  async aged(site: string, kind: LedgerKind, beforeMs: number, limit: number): Promise<StoredEvent[]> {
    const { atMs } = ledgerEvents;
    const where = and(eq(ledgerEvents.site, site), eq(ledgerEvents.kind, kind), lt(atMs, beforeMs));
    return this.#select(where, asc(atMs), limit, this.#patient);
  }

  async remove(seqs: readonly number[]): Promise<void> {
    if (seqs.length === 0) return;
    await this.#ask(() => this.#patient.delete(ledgerEvents).where(inArray(ledgerEvents.seq, [...seqs])));
  }

  onAppended(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The database is closed by its owner. */
  async close(): Promise<void> {
    this.#listeners.clear();
  }

  async #select(where: SQL | undefined, order: SQL, limit: number, db = this.#db): Promise<StoredEvent[]> {
    const rows = await this.#ask(() =>
      db.select().from(ledgerEvents).where(where).orderBy(order).limit(Math.min(limit, MAX_ROWS)),
    );
    return rows.map((row) => ({ ...row, kind: row.kind as LedgerKind, channel: row.channel as Channel }));
  }

  async #ask<Value>(question: () => Promise<Value>): Promise<Value> {
    try {
      return await question();
    } catch (thrown) {
      const { kind, detail } = databaseFault(thrown);
      throw new SegueError(kind === 'data' ? 'LEDGER_EVENT_INVALID' : 'LEDGER_UNAVAILABLE', detail);
    }
  }
}

/** Held to the end of the transaction. */
function lock(): SQL {
  return sql`SELECT pg_advisory_xact_lock(${LOCKS.ledger})`;
}

/** A whole batch is one parameter: one text to build here, one statement to plan there. */
function insertion(rows: string): SQL {
  return sql`
    INSERT INTO ledger_events
      (id, kind, at_ms, site, person_id, session_id, contact_id, channel, data, personal)
    SELECT id, kind, "atMs", site, "personId", "sessionId", "contactId", channel, data,
      CASE WHEN EXISTS (
        SELECT 1 FROM ledger_erasures erased WHERE erased.site = e.site AND erased.person_id = e."personId"
      ) THEN '{}' ELSE personal END
    FROM ROWS FROM (json_to_recordset(${rows}::json) AS (
      id text, kind text, "atMs" bigint, site text, "personId" text, "sessionId" text, "contactId" text,
      channel text, data jsonb, personal jsonb
    )) WITH ORDINALITY AS e
    ORDER BY ordinality
    ON CONFLICT (id) DO NOTHING`;
}

import type { JsonObject } from '../../../shared/json.ts';
import { bigint, index, integer, isNotNull, jsonb, pgTable, primaryKey, text } from '../drizzle.ts';

/** The tables of `migrations/0001_ledger.sql`; a test holds that both say the same. */
const ms = (name: string) => bigint(name, { mode: 'number' }).notNull();
const place = (name: string) => bigint(name, { mode: 'number' });

export const ledgerEvents = pgTable(
  'ledger_events',
  {
    seq: place('seq').primaryKey().generatedAlwaysAsIdentity(),
    id: text('id').notNull().unique(),
    kind: text('kind').notNull(),
    atMs: ms('at_ms'),
    site: text('site').notNull(),
    personId: text('person_id'),
    sessionId: text('session_id'),
    contactId: text('contact_id'),
    channel: text('channel').notNull(),
    data: jsonb('data').$type<JsonObject>().notNull(),
    personal: jsonb('personal').$type<JsonObject>().notNull(),
  },
  (table) => [
    index('ledger_events_person').on(table.site, table.personId, table.seq).where(isNotNull(table.personId)),
    index('ledger_events_contact').on(table.contactId, table.seq).where(isNotNull(table.contactId)),
    index('ledger_events_expiry').on(table.site, table.kind, table.atMs),
  ],
);

export const ledgerErasures = pgTable(
  'ledger_erasures',
  { site: text('site').notNull(), personId: text('person_id').notNull(), atMs: ms('at_ms') },
  (table) => [primaryKey({ columns: [table.site, table.personId] })],
);

export const webhookCursors = pgTable(
  'webhooks',
  {
    site: text('site').notNull(),
    name: text('name').notNull(),
    afterSeq: place('after_seq').notNull(),
    attempts: integer('attempts').notNull(),
    nextAtMs: ms('next_at_ms'),
    leasedUntilMs: ms('leased_until_ms'),
    problem: text('problem'),
  },
  (table) => [primaryKey({ columns: [table.site, table.name] })],
);

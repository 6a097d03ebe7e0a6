import type { JsonObject } from '../../../shared/json.ts';
import { bigint, eq, index, integer, isNotNull, jsonb, pgTable, primaryKey, text } from '../drizzle.ts';

/** The table of `migrations/0010_outbox.sql`; a test holds that both say the same. */
const ms = (name: string) => bigint(name, { mode: 'number' });

export const outbox = pgTable(
  'outbox',
  {
    seq: ms('seq').notNull().generatedAlwaysAsIdentity(),
    siteKey: text('site').notNull(),
    idempotencyKey: text('idempotency_key').notNull(),
    lane: text('lane').notNull(),
    operation: text('operation').notNull(),
    args: jsonb('args').$type<JsonObject>().notNull(),
    answer: jsonb('answer').$type<JsonObject>(),
    customerId: text('customer_id'),
    state: text('state', { enum: ['waiting', 'done', 'refused', 'dead'] }).notNull(),
    reason: text('reason'),
    attempts: integer('attempts').notNull(),
    notedAtMs: ms('noted_at_ms').notNull(),
    nextAtMs: ms('next_at_ms').notNull(),
    leasedUntilMs: ms('leased_until_ms'),
    endedAtMs: ms('ended_at_ms'),
  },
  (table) => [
    primaryKey({ columns: [table.siteKey, table.idempotencyKey] }),
    index('outbox_waiting').on(table.lane, table.seq).where(eq(table.state, 'waiting')),
    index('outbox_customer').on(table.siteKey, table.customerId).where(isNotNull(table.customerId)),
    index('outbox_ended').on(table.endedAtMs).where(isNotNull(table.endedAtMs)),
  ],
);

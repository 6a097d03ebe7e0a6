import type { JsonObject } from '../../../shared/json.ts';
import { bigint, boolean, index, integer, isNotNull, isNull, jsonb, pgTable, text } from '../drizzle.ts';

/** The tables of `migrations/0030_calls.sql`; a test holds that both say the same. */
const ms = (name: string) => bigint(name, { mode: 'number' });

export const sessions = pgTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    site: text('site').notNull(),
    data: jsonb('data').$type<JsonObject>().notNull(),
    touchedMs: ms('touched_ms').notNull(),
    erased: boolean('erased').notNull(),
  },
  (table) => [index('sessions_touched').on(table.touchedMs)],
);

export const calls = pgTable(
  'calls',
  {
    id: text('id').primaryKey(),
    sessionId: text('session_id').notNull(),
    site: text('site').notNull(),
    owner: text('owner'),
    epoch: integer('epoch').notNull(),
    leaseUntilMs: ms('lease_until_ms').notNull(),
    checkpoint: jsonb('checkpoint').$type<JsonObject>().notNull(),
    endedMs: ms('ended_ms'),
    erased: boolean('erased').notNull(),
  },
  (table) => [
    index('calls_session').on(table.sessionId).where(isNull(table.endedMs)),
    index('calls_lease').on(table.leaseUntilMs).where(isNull(table.endedMs)),
    index('calls_ended').on(table.endedMs).where(isNotNull(table.endedMs)),
  ],
);

import type { TimelineEntry } from '../../../shared/timeline.ts';
import { bigint, index, jsonb, pgTable, text } from '../drizzle.ts';

/** The tables of `migrations/0040_timelines.sql`; a test holds that both say the same. */
export const timelineEntries = pgTable(
  'timeline_entries',
  {
    seq: bigint('seq', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    callId: text('call_id').notNull(),
    entry: jsonb('entry').$type<TimelineEntry>().notNull(),
  },
  (table) => [index('timeline_entries_call').on(table.callId, table.seq)],
);

export const timelineErasures = pgTable('timeline_erasures', { callId: text('call_id').primaryKey() });

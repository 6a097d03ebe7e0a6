import type { JsonObject } from '../../../shared/json.ts';
import { bigint, index, integer, jsonb, pgTable, primaryKey, text } from '../drizzle.ts';

/** The tables of `migrations/0020_people.sql`. */
const ms = (name: string) => bigint(name, { mode: 'number' }).notNull();

export const people = pgTable('people', {
  id: text('id').primaryKey(),
  site: text('site').notNull(),
  createdMs: ms('created_ms'),
});

export const personHandles = pgTable(
  'person_handles',
  {
    site: text('site').notNull(),
    kind: text('kind').notNull(),
    value: text('value').notNull(),
    personId: text('person_id').notNull(),
    proof: text('proof').notNull(),
    linkedMs: ms('linked_ms'),
  },
  (table) => [
    primaryKey({ columns: [table.site, table.kind, table.value] }),
    index('person_handles_person').on(table.personId),
  ],
);

export const personMerges = pgTable(
  'person_merges',
  {
    fromId: text('from_id').primaryKey(),
    intoId: text('into_id').notNull(),
    proof: text('proof').notNull(),
    mergedMs: ms('merged_ms'),
  },
  (table) => [index('person_merges_into').on(table.intoId)],
);

export const devicePeople = pgTable(
  'device_people',
  {
    site: text('site').notNull(),
    device: text('device').notNull(),
    personId: text('person_id').notNull(),
    seenMs: ms('seen_ms'),
  },
  (table) => [
    primaryKey({ columns: [table.site, table.device, table.personId] }),
    index('device_people_person').on(table.personId),
  ],
);

export const memories = pgTable('memories', {
  personId: text('person_id').primaryKey(),
  site: text('site').notNull(),
  seq: ms('seq'),
  personal: jsonb('personal').$type<JsonObject>().notNull(),
});

export const projections = pgTable('projections', {
  name: text('name').primaryKey(),
  version: integer('version').notNull(),
  seq: ms('seq'),
});

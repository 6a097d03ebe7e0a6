import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordsOfTimelines } from '../../../server/app/timelines.ts';
import { SqlLedger } from '../../../server/ledger/engines/sql.ts';
import { ledgerEvent } from '../../../server/ledger/event.ts';
import type { Database } from '../../../server/storage/database.ts';
import { systemClock as clock } from '../../../shared/clock.ts';
import { newId } from '../../../shared/ids.ts';
import { type DatabasePlace, pglitePlace } from '../../fakes/databases.ts';
import { MemoryTimelineStore } from '../../fakes/timelineStore.ts';

let at: DatabasePlace;
let database: Database;
beforeAll(async () => {
  at = pglitePlace();
  database = await at.open();
}, 90_000);
afterAll(async () => {
  await database.close();
  await at.remove();
});

test('what somebody said in their calls, aloud or in writing, is told to them and erased', async () => {
  const ledger = new SqlLedger(database);
  const timelines = new MemoryTimelineStore();
  const [jane, john] = [newId('per'), newId('per')];
  const calls = { voice: newId('call'), chat: newId('call') };
  const ofJohn = newId('call');
  const started = (personId: string, contactId: string, channel: 'voice' | 'chat' | 'email') =>
    ledgerEvent({ kind: 'contact.started', site: 'shop', personId, contactId, channel }, clock.epochMs());
  await ledger.append([
    started(jane, calls.voice, 'voice'),
    started(jane, calls.chat, 'chat'),
    // No call, so without a timeline.
    started(jane, newId('msg'), 'email'),
    started(john, ofJohn, 'voice'),
  ]);
  for (const id of [calls.voice, calls.chat, ofJohn]) {
    await timelines.append(id, [{ tMs: 1, type: 'caller.text', text: `in ${id}` }]);
  }
  const forgotten: string[] = [];
  const records = recordsOfTimelines(ledger, timelines, (ids) => forgotten.push(...ids));
  expect(await records.export('shop', [jane])).toEqual(
    [calls.voice, calls.chat].map((id) => ({
      id,
      timeline: [expect.objectContaining({ text: `in ${id}` })],
    })),
  );
  await records.erase('shop', [jane], clock.epochMs());
  expect(await records.export('shop', [jane])).toEqual([]);
  expect([...timelines.calls.keys()]).toEqual([ofJohn]);
  expect(forgotten.toSorted()).toEqual([calls.voice, calls.chat].toSorted());
});

import type { Database } from '../../server/storage/database.ts';
import { sql } from '../../server/storage/drizzle.ts';

export const SITE = 'bench';
/** Rows of one statement: short enough for a database with one connection. */
const SLICE = 50_000;

/** The id of the person whom the bench knows as this customer. */
export const personOf = (customer: number): string => `per_${customer.toString().padStart(32, '0')}`;
export const customerId = (customer: number): string => `cus_${customer}`;

/**
 * Customers with their contacts, as a busy year leaves them: what happens to all of them is interleaved, so that
 * neighbours in the ledger are strangers. A contact has twenty events and every fifth ends in the middle of a task.
 */
export async function fillThreads(
  { patient }: Database,
  { rows, customers, sinceMs }: { rows: number; customers: number; sinceMs: number },
  progress: (done: number) => void,
): Promise<void> {
  const padded = sql`lpad(n::text, 32, '0')`;
  await patient.execute(sql`
    INSERT INTO people SELECT 'per_' || ${padded}, ${SITE}, ${sinceMs}::bigint
    FROM generate_series(0, ${customers - 1}) n`);
  await patient.execute(sql`
    INSERT INTO person_handles
    SELECT ${SITE}, 'user', 'cus_' || n, 'per_' || ${padded}, 'signed', ${sinceMs}::bigint
    FROM generate_series(0, ${customers - 1}) n`);
  for (let from = 0; from < rows; from += SLICE) {
    const to = Math.min(rows, from + SLICE) - 1;
    await patient.execute(sql`
      INSERT INTO ledger_events (id, kind, at_ms, site, person_id, session_id, contact_id, channel, data, personal)
      SELECT 'evt_' || lpad(row::text, 32, '0'),
        (ARRAY['session.opened', 'contact.started', 'turn.assistant', 'turn.caller', 'intent', 'task.begun', 'slot',
          'lookup', 'task.step', 'turn.assistant', 'turn.caller', 'slot', 'task.step', 'decision', 'turn.assistant',
          'turn.caller', 'action', CASE WHEN customer % 5 = 0 THEN 'task.step' ELSE 'task.done' END, 'outcome',
          'contact.ended'])[1 + step],
        ${sinceMs}::bigint + row * 30, ${SITE}, 'per_' || lpad(customer::text, 32, '0'),
        'ses_' || customer || '_' || contact, 'call_' || customer || '_' || contact,
        (ARRAY['voice', 'chat', 'voice', 'message'])[1 + customer % 4],
        jsonb_build_object('taskId', 'task_' || customer || '_' || contact, 'task', 'returns', 'intent',
          'return.continue', 'language', 'en', 'confidence', 0.9, 'pending', 'slot:method', 'ok', true,
          'what', 'w' || contact, 'key', 'k' || customer || '_' || contact, 'state', 'done', 'decision', 'suggest',
          'outcome', 'resolved', 'turnId', 'turn_' || row),
        CASE WHEN step IN (2, 3, 9, 10, 14, 15)
          THEN jsonb_build_object('text', 'I would like to send the oak desk lamp back, please, on Friday if I may.')
          WHEN step IN (5, 8, 12, 17)
          THEN jsonb_build_object('steps', '{}'::jsonb, 'slots', jsonb_build_object('returnOrder',
            jsonb_build_object('value', '10427', 'certain', true, 'atMs', ${sinceMs}::bigint)))
          ELSE '{}'::jsonb END
      FROM (
        SELECT row, row % ${customers} AS customer, (row / ${customers}) % 20 AS step, row / (${customers} * 20) AS contact
        FROM generate_series(${from}::bigint, ${to}::bigint) row
      ) events
      ORDER BY row`);
    progress(to + 1);
  }
  await patient.execute(sql`ANALYZE`);
}

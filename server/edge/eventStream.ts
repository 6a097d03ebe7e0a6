import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import type { LedgerFeed } from '../ledger/feed.ts';
import type { Ledger, ScanFilter } from '../ledger/ledger.ts';

const PAGE = 200;
const HEARTBEAT_MS = 15_000;
/** A reader that takes nothing for that long is let go; it can come back to its place. */
const SLOW_LIMIT_MS = 30_000;

export type StreamParts = {
  ledger: Ledger;
  feed: LedgerFeed;
  clock: Clock;
  afterSeq: number;
  filter: ScanFilter;
  /** Whether what is personal is told, too. */
  personal: boolean;
};

/**
 * Writes the ledger's events as server-sent events until the reader goes, is too slow, or the server stops. Each has its
 * place as `id`; the end says why: `slow`, `unavailable` or `stopping`.
 */
export async function streamLedger(
  response: ServerResponse,
  stopping: AbortSignal,
  parts: StreamParts,
): Promise<void> {
  // Whoever left while its place was looked for says so no second time.
  if (response.destroyed) return;
  const { ledger, feed, clock, filter, personal } = parts;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  let cursor = parts.afterSeq;
  let reason: string | null = null;
  // Only a place: what was filtered out needs not be looked through again.
  const heartbeat = clock.every(HEARTBEAT_MS, () => void response.write(`id: ${cursor}\n: here\n\n`));
  try {
    while (!gone.signal.aborted && !stopping.aborted) {
      const changed = feed.changed();
      const head = await ledger.head();
      const events = await ledger.scan(cursor, PAGE, filter);
      for (const { personal: said, ...event } of events) {
        const told = personal ? { ...event, personal: said } : event;
        response.write(`id: ${event.seq}\nevent: ${event.kind}\ndata: ${JSON.stringify(told)}\n\n`);
      }
      cursor = events.at(-1)?.seq ?? Math.max(cursor, head);
      if (response.writableNeedDrain && !(await drained(response, gone.signal, clock))) {
        reason = 'slow';
        break;
      }
      // A second at most: a reader that has gone is not waited for by anybody.
      if (events.length === 0) await changed;
    }
    if (stopping.aborted) reason = 'stopping';
  } catch (error) {
    reason = SegueError.from(error).code === 'LEDGER_UNAVAILABLE' ? 'unavailable' : 'failed';
  } finally {
    heartbeat.cancel();
  }
  if (gone.signal.aborted) return;
  response.end(`event: end\ndata: ${JSON.stringify({ reason })}\n\n`);
  // What a slow reader has not taken would stay in memory.
  if (reason === 'slow') response.destroy();
}

async function drained(response: ServerResponse, gone: AbortSignal, clock: Clock): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const limit = clock.after(SLOW_LIMIT_MS, () => late.resolve(false));
  const drain = once(response, 'drain', { signal: gone }).then(
    () => true,
    () => true,
  );
  return Promise.race([drain, late.promise]).finally(() => limit.cancel());
}

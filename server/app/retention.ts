import type { Clock } from '../../shared/clock.ts';
import { isId } from '../../shared/ids.ts';
import type { LedgerKind } from '../ledger/event.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type Retention, RetentionSweeper } from '../ledger/retention.ts';
import type { Site } from '../sites.ts';
import type { TimelineStore } from '../storage/timelineStore.ts';
import type { Log } from '../telemetry/log.ts';
import { knownKind } from './ledger.ts';

/** What a timeline repeats; and by its beginning an erasure finds a call. */
const OF_TIMELINES: ReadonlySet<LedgerKind> = new Set(['turn.caller', 'turn.assistant', 'contact.started']);

/**
 * Nothing is kept for longer than a site wants it: events of the ledger, and a call's timeline with the first of its turns.
 * Throws CONFIG_INVALID.
 */
export function sweepOld(
  sites: readonly Site[],
  parts: { ledger: Ledger; timelines: Pick<TimelineStore, 'remove'>; clock: Clock; log: Log },
): RetentionSweeper {
  const { ledger, timelines, clock, log } = parts;
  return new RetentionSweeper({
    ledger,
    sites: new Map(sites.flatMap(retentionOf)),
    clock,
    async beforeRemoval(events) {
      const calls = events.flatMap(({ kind, contactId }) =>
        OF_TIMELINES.has(kind) && contactId !== null && isId('call', contactId) ? [contactId] : [],
      );
      for (const id of new Set(calls)) await timelines.remove(id);
    },
    onFailure: ({ code }) => log.warn({ code }, 'what is old was not removed'),
  });
}

function retentionOf({ key, retention }: Site): [string, Retention][] {
  const entries = Object.entries(retention);
  for (const [kind] of entries) if (kind !== 'default') knownKind(key, kind);
  return entries.length === 0 ? [] : [[key, retention as Retention]];
}

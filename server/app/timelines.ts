import { join } from 'node:path';
import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import { isId } from '../../shared/ids.ts';
import type { Config } from '../config.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { PersonalRecords } from '../ledger/people.ts';
import type { Database } from '../storage/database.ts';
import { FileTimelineStore } from '../storage/engines/files.ts';
import { SqlTimelines } from '../storage/engines/sqlTimelines.ts';
import type { TimelineStore } from '../storage/timelineStore.ts';
import type { Log } from '../telemetry/log.ts';

const PAGE = 500;

/** In the database where servers may share it, so that a call that moves has one; else as files in the data folder. */
export function openTimelines(
  config: Pick<Config, 'databaseUrl' | 'dataDir'>,
  { database, clock, log }: { database: Database; clock: Clock; log: Log },
): TimelineStore {
  if (config.databaseUrl === undefined) return new FileTimelineStore(join(config.dataDir, 'calls'));
  return new SqlTimelines({
    database,
    clock,
    onTrouble: (error) =>
      error === null
        ? log.info('timelines are written again')
        : log.error({ code: SegueError.from(error).code }, 'timelines are not written'),
  });
}

/**
 * The timelines of a person's calls, by voice and in writing, which hold what was said. `forget` is told of calls of which
 * nothing more may be told.
 */
export function recordsOfTimelines(
  ledger: Ledger,
  timelines: TimelineStore,
  forget: (callIds: readonly string[]) => void,
): PersonalRecords {
  return {
    name: 'calls',
    async export(site, people) {
      const ids = await callsOf(ledger, site, people);
      const kept = await Promise.all(ids.map(async (id) => ({ id, timeline: await timelines.read(id) })));
      return kept.filter(({ timeline }) => timeline !== null);
    },
    async erase(site, people) {
      const ids = await callsOf(ledger, site, people);
      forget(ids);
      for (const id of ids) await timelines.erase(id);
    },
  };
}

async function callsOf(ledger: Ledger, site: string, people: readonly string[]): Promise<string[]> {
  const calls = new Set<string>();
  for (let afterSeq = 0; ; ) {
    const events = await ledger.read({ site, people, kinds: ['contact.started'], afterSeq, limit: PAGE });
    for (const { contactId } of events) if (contactId && isId('call', contactId)) calls.add(contactId);
    const last = events.at(-1);
    if (!last) return [...calls];
    afterSeq = last.seq;
  }
}

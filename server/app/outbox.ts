import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import { Outbox } from '../records/outbox.ts';
import type { Systems } from '../records/systems.ts';
import type { Database } from '../storage/database.ts';
import { SqlOutbox } from '../storage/engines/sqlOutbox.ts';
import type { Log } from '../telemetry/log.ts';

/** The outbox of all sites, in the server's database. `systemsOf` finds a site's systems when an action is due. */
export function openOutbox(
  database: Database,
  systemsOf: (siteKey: string) => Systems | null,
  { clock, log }: { clock: Clock; log: Log },
): Outbox {
  const outbox = new Outbox({
    store: new SqlOutbox(database),
    async perform(siteKey, request) {
      const systems = systemsOf(siteKey);
      if (!systems) throw new SegueError('CONNECTOR_FAILED', 'the site has no systems any more');
      return systems.perform(request);
    },
    clock,
    onTrouble: (error) => log.error({ err: error }, 'the outbox does not reach its database'),
  });
  outbox.on('ended', ({ entry: { siteKey, operation, reason, attempts }, state, late }) => {
    if (state !== 'done')
      log.warn({ site: siteKey, operation, state, reason, attempts, late }, 'an action ended');
    else if (late) log.info({ site: siteKey, operation, attempts }, 'a noted action was done');
  });
  return outbox;
}

import { join } from 'node:path';
import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import type { Config } from '../config.ts';
import { SqlLedger } from '../ledger/engines/sql.ts';
import { LEDGER_KINDS, type LedgerKind } from '../ledger/event.ts';
import { LedgerFeed } from '../ledger/feed.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { Recorder } from '../ledger/recorder.ts';
import { Spool } from '../ledger/spool.ts';
import type { Webhook } from '../ledger/webhookRequest.ts';
import { Webhooks } from '../ledger/webhooks.ts';
import type { Site } from '../sites.ts';
import type { Database } from '../storage/database.ts';
import { lockFolder } from '../storage/engines/folderLock.ts';
import { SqlWebhookStore } from '../storage/engines/sqlWebhooks.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { openDatabase } from './database.ts';

/** A server that was killed has let its folder go; one that stops needs a moment. */
const FOLDER_LIMIT_MS = 5_000;
/** A PostgreSQL that is not there does not keep calls from being taken: they are written down when it comes. */
const START_LIMIT_MS = 5_000;

export type LedgerParts = {
  database: Database;
  ledger: Ledger;
  recorder: Recorder;
  feed: LedgerFeed;
  webhooks: Webhooks;
  /** For /readyz. */
  state(): { ok: boolean; detail?: string };
  close(): Promise<void>;
};

/**
 * Opens the database and all that writes into it and reads from it. Rejects with CONFIG_INVALID or DATABASE_IN_USE; a
 * database that is not there yet only makes the state worse.
 */
export async function openLedger(
  config: Config,
  sites: readonly Site[],
  { clock, log, metrics }: { clock: Clock; log: Log; metrics: Metrics },
): Promise<LedgerParts> {
  const hooks = sites.flatMap(webhooksOf);
  // Two servers must not write one spool, whatever their database is.
  const folder = join(config.dataDir, 'ledger');
  const lock = await lockFolder(folder, FOLDER_LIMIT_MS);
  const database = await readyDatabase(config, clock, log).catch((error: unknown) => {
    lock.release();
    throw error;
  });
  const ledger = new SqlLedger(database);
  const recorder = new Recorder({
    ledger,
    spool: await Spool.open(folder),
    clock,
    tell: {
      appended: metrics.ledgerWriter(),
      lost: ({ id, kind }, { code }) => log.error({ eventId: id, kind, code }, 'an event could not be kept'),
      trouble: (problem) =>
        problem === null
          ? log.info('the ledger is written again')
          : log.error({ problem }, 'the ledger is not written'),
    },
  });
  metrics.ledgerQueue(() => recorder.state);
  const feed = new LedgerFeed(ledger, clock);
  const webhooks = new Webhooks({
    hooks,
    ledger,
    store: new SqlWebhookStore(database),
    clock,
    onDead: (key, problem) => log.error({ ...key, problem }, 'a webhook is given up'),
  });
  return {
    database,
    ledger,
    recorder,
    feed,
    webhooks,
    state() {
      const problem = recorder.state.problem ?? database.problem;
      return problem === null ? { ok: true } : { ok: false, detail: problem };
    },
    async close() {
      feed.close();
      await webhooks.close();
      await recorder.close();
      await ledger.close();
      await database.close();
      lock.release();
    },
  };
}

async function readyDatabase(config: Config, clock: Clock, log: Log): Promise<Database> {
  const database = await openDatabase(config, { clock, log });
  try {
    await database.ready(START_LIMIT_MS);
  } catch (thrown) {
    const error = SegueError.from(thrown);
    if (error.code === 'DATABASE_UNAVAILABLE') return database;
    await database.close();
    throw error;
  }
  return database;
}

function webhooksOf({ key, webhooks }: Site): Webhook[] {
  return webhooks.map((webhook) => ({
    ...webhook,
    site: key,
    kinds: webhook.kinds?.map((kind) => knownKind(key, kind)) ?? null,
  }));
}

/** Throws CONFIG_INVALID for a kind that there is not. */
export function knownKind(site: string, kind: string): LedgerKind {
  const known = LEDGER_KINDS.find((one) => one === kind);
  if (!known)
    throw new SegueError('CONFIG_INVALID', `The site ${site} names ${kind}, which is no kind of event.`);
  return known;
}

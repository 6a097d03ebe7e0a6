import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { databaseTemplate, userCacheDir } from '../../shared/cache.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Config } from '../config.ts';
import type { Database } from '../storage/database.ts';
import { openPglite } from '../storage/engines/pglite.ts';
import { openPostgres } from '../storage/engines/postgres.ts';
import type { Log } from '../telemetry/log.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The server's own database: PostgreSQL at DATABASE_URL, else PGlite in the data folder. */
export async function openDatabase(
  config: Pick<Config, 'databaseUrl' | 'dataDir'>,
  { clock, log }: { clock: Clock; log: Log },
): Promise<Database> {
  if (config.databaseUrl !== undefined) return openPostgres(config.databaseUrl, clock);
  const template = databaseTemplate(userCacheDir(), pgliteVersion());
  return openPglite({
    dir: join(config.dataDir, 'database'),
    template: existsSync(template) ? template : null,
    clock,
    onDied: (detail) => log.error({ detail }, 'the embedded database died'),
  });
}

function pgliteVersion(): string {
  const file = join(ROOT, 'node_modules/@electric-sql/pglite/package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

import { findPostgres } from '../database/findPostgres.ts';
import { canInstallPackages, installPackages } from './apt.ts';
import type { Step } from './step.ts';

const SKIPPED =
  'tests with PostgreSQL are skipped; install it, or set DATABASE_URL or SEGUE_POSTGRES_BIN=<folder>';

/** PostgreSQL's programs for the tests, which start a server of their own with them. */
export const postgresStep: Step = {
  name: 'postgres',
  async run(host) {
    if (host.env.DATABASE_URL) return { state: 'ready', note: 'the one at DATABASE_URL' };
    const found = findPostgres(host.env);
    if (found) return { state: 'ready', note: found, env: { SEGUE_POSTGRES_BIN: found } };
    if (!canInstallPackages()) return { state: 'missing', note: `no PostgreSQL found: ${SKIPPED}` };
    const failure = await installPackages(['postgresql'], 'for the tests; it is not started as a service');
    const installed = findPostgres(host.env);
    if (!installed)
      return { state: 'missing', note: `no PostgreSQL (${failure ?? 'not found'}): ${SKIPPED}` };
    return { state: 'made', note: installed, env: { SEGUE_POSTGRES_BIN: installed } };
  },
};

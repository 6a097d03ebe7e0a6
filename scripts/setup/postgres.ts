import { findPostgres } from '../database/findPostgres.ts';
import { obtainProgram } from './program.ts';
import type { Step } from './step.ts';

/** PostgreSQL's programs for the tests, which start a server of their own with them. */
export const postgresStep: Step = {
  name: 'postgres',
  async run({ env }) {
    if (env.DATABASE_URL) return { state: 'ready', note: 'the one at DATABASE_URL' };
    return await obtainProgram({
      title: 'PostgreSQL',
      packages: ['postgresql'],
      reason: 'for the tests; it is not started as a service',
      variable: 'SEGUE_POSTGRES_BIN',
      find: () => findPostgres(env),
      skipped:
        'tests with PostgreSQL are skipped; install it, or set DATABASE_URL or SEGUE_POSTGRES_BIN=<folder>',
    });
  },
};

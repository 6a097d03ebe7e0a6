import { afterAll, beforeAll, describe } from 'vitest';
import {
  openPostgresServer,
  type PostgresServer,
  pglitePlace,
  postgresMissing,
  postgresPlace,
} from '../fakes/databases.ts';
import { ledgerContract } from './ledgerContract.ts';

ledgerContract('PGlite', async () => pglitePlace());

describe.skipIf(postgresMissing)('with a real PostgreSQL:', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await openPostgresServer();
  });
  afterAll(() => server.close());
  ledgerContract('PostgreSQL', () => postgresPlace(server.url));
});

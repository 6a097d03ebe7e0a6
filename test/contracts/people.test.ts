import { afterAll, beforeAll, describe } from 'vitest';
import {
  openPostgresServer,
  type PostgresServer,
  pglitePlace,
  postgresMissing,
  postgresPlace,
} from '../fakes/databases.ts';
import { peopleContract } from './peopleContract.ts';

peopleContract('PGlite', async () => pglitePlace());

describe.skipIf(postgresMissing)('with a real PostgreSQL:', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await openPostgresServer();
  });
  afterAll(() => server.close());
  peopleContract('PostgreSQL', () => postgresPlace(server.url));
});

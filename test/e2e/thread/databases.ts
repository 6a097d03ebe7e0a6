import {
  openPostgresServer,
  type PostgresServer,
  postgresMissing,
  postgresPlace,
} from '../../fakes/databases.ts';

/** What the server under test gets, so that it keeps its thread there. */
export type ThreadDatabase = { env: NodeJS.ProcessEnv; close(): Promise<void> };

/** Every database that the server can keep its thread in; `missing` says why one is not there. */
export const THREAD_DATABASES: readonly {
  name: string;
  missing: string | null;
  open(): Promise<ThreadDatabase>;
}[] = [
  {
    name: 'PGlite',
    missing: null,
    open: async () => ({ env: { DATABASE_URL: undefined }, close: async () => {} }),
  },
  { name: 'PostgreSQL', missing: postgresMissing, open: openFresh },
];

async function openFresh(): Promise<ThreadDatabase> {
  const server: PostgresServer = await openPostgresServer();
  const place = await postgresPlace(server.url);
  return {
    env: { DATABASE_URL: 'url' in place.at ? place.at.url : undefined },
    async close() {
      await place.remove();
      await server.close();
    },
  };
}

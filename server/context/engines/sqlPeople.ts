import type { Database, Sql } from '../../storage/database.ts';
import { asking } from '../../storage/databaseError.ts';
import { and, eq, inArray, type SQL, sql } from '../../storage/drizzle.ts';
import { LOCKS } from '../../storage/locks.ts';
import { devicePeople, people, personHandles, personMerges } from '../../storage/tables/people.ts';
import { decide, type KnownHandle, type Linking } from '../people/linking.ts';
import type { DeviceStanding, Handle, KnownBy, People, Resolved, ResolveRequest } from '../people/people.ts';

type Runner = Pick<Sql, 'execute' | 'insert' | 'select'>;

/** People in PostgreSQL or PGlite. */
export class SqlPeople implements People {
  readonly name: string;
  readonly #db: Sql;

  constructor(database: Database) {
    this.name = database.name;
    this.#db = database.db;
  }

  resolve(request: ResolveRequest): Promise<Resolved> {
    if (request.handles.length === 0) {
      const { freshId } = request;
      const nobody = { personId: freshId, people: [freshId], proven: false, device: null, happened: [] };
      return Promise.resolve(nobody);
    }
    return asking(async () => {
      // Who was here before is found by reading alone.
      const linking = decide(request, await knownHandles(this.#db, request));
      const device = await deviceStanding(this.#db, request, linking);
      if (!changes(linking) && device.seen) return resolved(linking, device.standing);
      return this.#db.transaction(async (tx) => {
        await tx.execute(sql`SELECT pg_advisory_xact_lock(${LOCKS.people})`);
        const decided = decide(request, await knownHandles(tx, request));
        await write(tx, request, decided);
        return resolved(decided, device.standing);
      });
    });
  }

  find(site: string, { kind, value }: Pick<Handle, 'kind' | 'value'>): Promise<readonly string[] | null> {
    return asking(async () => {
      const [known] = await knownHandles(this.#db, { site, handles: [{ kind, value }] });
      return known?.people ?? null;
    });
  }

  closure(personId: string): Promise<readonly string[]> {
    return asking(async () => {
      const { rows } = await this.#db.execute<{ id: string }>(sql`
        WITH RECURSIVE ${leading(sql`SELECT ${personId}::text AS id`)}
        SELECT DISTINCT id FROM ids`);
      return rows.map(({ id }) => id);
    });
  }

  handles(site: string, ids: readonly string[]): Promise<KnownBy[]> {
    if (ids.length === 0) return Promise.resolve([]);
    const { personId, kind, value, proof, linkedMs } = personHandles;
    return asking(() =>
      this.#db
        .select({ personId, kind, value, proof, linkedMs })
        .from(personHandles)
        .where(and(eq(personHandles.site, site), inArray(personId, [...ids]))),
    );
  }

  forget(site: string, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return Promise.resolve();
    return asking(() =>
      this.#db.transaction(async (tx) => {
        await tx.execute(sql`SELECT pg_advisory_xact_lock(${LOCKS.people})`);
        await tx
          .delete(personHandles)
          .where(and(eq(personHandles.site, site), inArray(personHandles.personId, [...ids])));
        await tx
          .delete(devicePeople)
          .where(and(eq(devicePeople.site, site), inArray(devicePeople.personId, [...ids])));
      }),
    );
  }
}

function changes({ links, merges }: Linking): boolean {
  return links.length > 0 || merges.length > 0;
}

function resolved({ personId, people: ids, proven, happened }: Linking, device: DeviceStanding): Resolved {
  return { personId, people: ids, proven, device, happened };
}

/** From each start up to the root, and from the roots down to all ids. */
function leading(starts: SQL): SQL {
  return sql`
    starts AS (${starts}),
    up(start, id, steps) AS (
      SELECT id, id, 0 FROM starts
      UNION ALL
      SELECT up.start, merge.into_id, up.steps + 1
      FROM up JOIN person_merges merge ON merge.from_id = up.id
      WHERE up.steps < 100
    ),
    roots AS (SELECT DISTINCT ON (start) start, id AS root FROM up ORDER BY start, steps DESC),
    ids(root, id) AS (
      SELECT DISTINCT root, root FROM roots
      UNION
      SELECT ids.root, merge.from_id FROM ids JOIN person_merges merge ON merge.into_id = ids.id
    )`;
}

type KnownRow = {
  kind: string;
  value: string;
  root: string;
  people: string[];
  named: boolean;
  is_user: boolean;
};

async function knownHandles(
  db: Runner,
  { site, handles }: { site: string; handles: readonly Pick<Handle, 'kind' | 'value'>[] },
): Promise<KnownHandle[]> {
  const asked = handles.filter(({ kind }) => kind !== 'device');
  if (asked.length === 0) return [];
  const pairs = sql.join(
    asked.map(({ kind, value }) => sql`(${kind}::text, ${value}::text)`),
    sql`, `,
  );
  const { rows } = await db.execute<KnownRow>(sql`
    WITH RECURSIVE
      asked AS (
        SELECT kind, value, person_id AS id FROM person_handles
        WHERE site = ${site} AND (kind, value) IN (${pairs})
      ),
      ${leading(sql`SELECT DISTINCT id FROM asked`)},
      names AS (
        SELECT ids.root, bool_or(handle.kind = 'user') AS is_user
        FROM ids JOIN person_handles handle ON handle.person_id = ids.id
        WHERE handle.kind IN ('user', 'email', 'phone')
        GROUP BY ids.root
      ),
      closures AS (SELECT root, array_agg(id) AS people FROM ids GROUP BY root)
    SELECT asked.kind, asked.value, roots.root, closures.people,
      names.root IS NOT NULL AS named, coalesce(names.is_user, false) AS is_user
    FROM asked
    JOIN roots ON roots.start = asked.id
    JOIN closures ON closures.root = roots.root
    LEFT JOIN names ON names.root = roots.root`);
  return rows.map(({ is_user, ...row }) => ({ ...row, isUser: is_user }));
}

/** Whose the device is, before this visit; only who is named makes it theirs. */
async function deviceStanding(
  db: Runner,
  { site, handles }: ResolveRequest,
  { proven, people: ids }: Linking,
): Promise<{ standing: DeviceStanding; seen: boolean }> {
  const device = handles.find(({ kind }) => kind === 'device');
  if (!device || !proven) return { standing: null, seen: true };
  const rows = await db
    .select({ personId: devicePeople.personId })
    .from(devicePeople)
    .where(and(eq(devicePeople.site, site), eq(devicePeople.device, device.value)))
    .limit(100);
  const seen = rows.some(({ personId }) => ids.includes(personId));
  const others = rows.some(({ personId }) => !ids.includes(personId));
  return { standing: others ? 'shared' : seen ? 'own' : 'new', seen };
}

async function write(db: Runner, { site, handles, atMs }: ResolveRequest, linking: Linking): Promise<void> {
  const { personId, links, merges, proven, isNew } = linking;
  if (isNew && links.length > 0) {
    await db.insert(people).values({ id: personId, site, createdMs: atMs }).onConflictDoNothing();
  }
  if (links.length > 0) {
    const rows = links.map(({ kind, value, proof }) => ({
      site,
      kind,
      value,
      personId,
      proof,
      linkedMs: atMs,
    }));
    await db.insert(personHandles).values(rows).onConflictDoNothing();
  }
  if (merges.length > 0) {
    const rows = merges.map(({ from, into, proof }) => ({
      fromId: from,
      intoId: into,
      proof,
      mergedMs: atMs,
    }));
    await db.insert(personMerges).values(rows).onConflictDoNothing();
  }
  const device = handles.find(({ kind }) => kind === 'device');
  if (device && proven) {
    await db
      .insert(devicePeople)
      .values({ site, device: device.value, personId, seenMs: atMs })
      .onConflictDoNothing();
  }
}

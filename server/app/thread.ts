import type { Clock } from '../../shared/clock.ts';
import type { SegueError } from '../../shared/errors.ts';
import type { Json } from '../../shared/json.ts';
import { SqlMemories } from '../context/engines/sqlMemories.ts';
import { SqlPeople } from '../context/engines/sqlPeople.ts';
import type { PersonMemory } from '../context/memory/memory.ts';
import { Projector } from '../context/memory/projector.ts';
import { recall } from '../context/memory/recall.ts';
import { namingHandle } from '../context/people/people.ts';
import { Threads } from '../context/thread/threads.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { People, PersonalRecords } from '../ledger/people.ts';
import type { Recorder } from '../ledger/recorder.ts';
import type { Outbox } from '../records/outbox.ts';
import type { Database } from '../storage/database.ts';
import type { Log } from '../telemetry/log.ts';

const OWN_ID = /^per_[0-9a-f]{32}$/;

export type ThreadOfPeople = {
  threads: Threads;
  /** What is remembered of a person who has these ids. */
  recall(site: string, people: readonly string[]): Promise<PersonMemory>;
  /** Draws all memories anew, by itself. */
  rebuild(): void;
  directory: People;
  /** What is kept of people beside the ledger, for their export and erasure; handles come last. */
  records: PersonalRecords[];
  close(): Promise<void>;
};

/** Opens what joins the contacts of one person: who is who, what is remembered, and the threads of running sessions. */
export function openThread(
  { database, ledger, recorder }: { database: Database; ledger: Ledger; recorder: Recorder },
  {
    clock,
    log,
    outbox,
    onNoted,
    onErased,
  }: {
    clock: Clock;
    log: Log;
    outbox: () => Pick<Outbox, 'erase'>;
    onNoted: (personId: string) => void;
    onErased: (people: readonly string[]) => void;
  },
): ThreadOfPeople {
  const people = new SqlPeople(database);
  const store = new SqlMemories(database);
  const threads = new Threads({
    people,
    ledger,
    recorder,
    store,
    clock,
    onNoted,
    onTrouble: ({ id }, { code }) => log.warn({ sessionId: id, code }, 'it is not known whose session it is'),
  });
  const projector = new Projector({
    ledger,
    store,
    clock,
    onTrouble: (error: SegueError) => log.warn({ code: error.code }, 'memories are not kept up to date'),
  });
  projector.start();
  return {
    threads,
    recall: async (site, ids) => {
      await recorder.flushed();
      return await recall({ ledger, store }, site, ids);
    },
    rebuild() {
      projector.rebuild().then(
        (events) => log.info({ events }, 'memories are drawn anew'),
        (error: unknown) => log.error({ err: error }, 'memories could not be drawn anew'),
      );
    },
    directory: {
      async find(site, id) {
        if (OWN_ID.test(id)) return people.closure(id);
        return (await people.find(site, namingHandle('user', id, 'signed'))) ?? [];
      },
    },
    records: [
      {
        name: 'memory',
        export: async (_site, ids) =>
          (await store.load(ids)).map(({ personId, memory }) => ({ personId, memory })) as unknown as Json,
        async erase(_site, ids) {
          threads.forget(ids);
          onErased(ids);
          await store.forget(ids);
        },
      },
      {
        // What is still to be done in a customer's systems is named by their own id.
        name: 'outbox',
        export: async () => [],
        async erase(site, ids) {
          const users = (await people.handles(site, ids)).filter(({ kind }) => kind === 'user');
          for (const { value } of users) await outbox().erase(site, value);
        },
      },
      {
        name: 'handles',
        export: async (site, ids) => (await people.handles(site, ids)) as unknown as Json,
        erase: (site, ids) => people.forget(site, ids),
      },
    ],
    close: () => projector.close(),
  };
}

/** What was only noted down in a call, and was done later or never: a promise kept, or broken. */
export function keepPromises(
  outbox: Outbox,
  { directory }: Pick<ThreadOfPeople, 'directory'>,
  recorder: Recorder,
  log: Log,
): void {
  outbox.on('ended', ({ entry, state, late }) => {
    const { siteKey: site, customerId, operation, idempotencyKey } = entry;
    if (!late || customerId === null) return;
    directory.find(site, customerId).then(
      ([personId]) => {
        if (!personId) return;
        recorder.record({
          kind: state === 'done' ? 'promise.kept' : 'promise.broken',
          site,
          channel: 'system',
          personId,
          data: { promiseId: idempotencyKey, what: operation, state },
        });
      },
      (error: unknown) => log.warn({ err: error }, 'a promise could not be noted'),
    );
  });
}

import type { Clock } from '../../../shared/clock.ts';
import type { SegueError } from '../../../shared/errors.ts';
import type { Json } from '../../../shared/json.ts';
import type { LedgerKind } from '../../ledger/event.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { Recorder } from '../../ledger/recorder.ts';
import type { MemoryStore } from '../memory/memoryStore.ts';
import { recall } from '../memory/recall.ts';
import { REMEMBERED } from '../memory/reduce.ts';
import type { People } from '../people/people.ts';
import { REHYDRATION_DEADLINE_MS, type RehydrationSource } from '../rehydration.ts';
import type { Session } from '../session.ts';
import { LiveMemory } from './liveMemory.ts';
import { SessionThread, type ThreadParts } from './sessionThread.ts';

/** What was recorded just now is waited for so long before the past is read. */
const FLUSH_LIMIT_MS = 100;

/** What other contacts of a person go by: that there is another one, and what is done in it. */
const TOLD_TO_OTHERS: ReadonlySet<LedgerKind> = new Set(
  REMEMBERED.filter((kind) => kind !== 'page.event' && kind !== 'turn.caller' && kind !== 'lookup'),
);

export type ThreadsParts = {
  people: People;
  ledger: Ledger;
  recorder: Pick<Recorder, 'record' | 'flushed'>;
  store: MemoryStore;
  clock: Clock;
  /** Something that is remembered of a person was written down here. */
  onNoted?(personId: string): void;
  onTrouble(session: Session, error: SegueError): void;
};

/** The threads of this process's sessions; each lives as long as its session. */
export class Threads {
  readonly #parts: ThreadsParts;
  readonly #threadParts: ThreadParts;
  readonly #bySession = new WeakMap<Session, SessionThread>();
  readonly #all = new Set<WeakRef<SessionThread>>();
  /** Shared memories live as long as a session has them. */
  readonly #memories = new Map<string, WeakRef<LiveMemory>>();
  readonly #gone = new FinalizationRegistry<() => void>((drop) => drop());

  constructor(parts: ThreadsParts) {
    this.#parts = parts;
    this.#threadParts = {
      people: parts.people,
      clock: parts.clock,
      onTrouble: parts.onTrouble,
      record: (event) => {
        parts.recorder.record(event);
        if (TOLD_TO_OTHERS.has(event.kind)) parts.onNoted?.(event.personId ?? '');
      },
      share: (personId) => this.#share(personId),
      recall: async (site, people) => {
        await this.#flushed();
        return await recall(parts, site, people);
      },
    };
  }

  /** Joins a session with its person's others; what has happened in it so far is written down. */
  open(session: Session): SessionThread {
    const thread = this.resume(session);
    const signed = session.subject.customerId !== null;
    const { language } = session;
    const url = session.facts()['page.url']?.value ?? '';
    thread.note({ kind: 'session.opened', channel: 'page', data: { language, signed }, personal: { url } });
    for (const event of session.events()) notePageEvent(thread, event.name, event.data);
    return thread;
  }

  /** As `open`, for a session from another process: what has happened in it so far is written down already. */
  resume(session: Session): SessionThread {
    const thread = new SessionThread(session, this.#threadParts);
    this.#bySession.set(session, thread);
    const ref = new WeakRef(thread);
    this.#all.add(ref);
    this.#gone.register(thread, () => this.#all.delete(ref));
    session.on('changed', ({ event }) => {
      if (event !== undefined) notePageEvent(thread, event, session.events().at(-1)?.data ?? null);
    });
    return thread;
  }

  of(session: Session): SessionThread {
    return this.#bySession.get(session) ?? this.open(session);
  }

  /** What earlier contacts left, as a source of facts beside the site's systems. */
  source(): RehydrationSource {
    return {
      name: 'memory',
      deadlineMs: REHYDRATION_DEADLINE_MS,
      trust: 'inferred',
      ask: (session) => (session.handles.length === 0 ? null : this.of(session).recall()),
    };
  }

  /** Somebody was erased: nobody in this process remembers them any more, running calls included. */
  forget(people: readonly string[]): void {
    for (const ref of this.#all) {
      const thread = ref.deref();
      if (thread?.person?.people.some((id) => people.includes(id))) thread.forget();
    }
    for (const personId of people) this.#memories.delete(personId);
  }

  /** Something was written down of these people on another server: whoever remembers them here reads it anew. */
  refresh(people: readonly string[]): void {
    const done = new Set<LiveMemory>();
    for (const ref of this.#all) {
      const thread = ref.deref();
      if (!thread?.person?.people.some((id) => people.includes(id)) || done.has(thread.live)) continue;
      done.add(thread.live);
      thread.refresh();
    }
  }

  #share(personId: string): LiveMemory {
    const shared = this.#memories.get(personId)?.deref();
    if (shared) return shared;
    const made = new LiveMemory();
    const ref = new WeakRef(made);
    this.#memories.set(personId, ref);
    this.#gone.register(made, () => {
      if (this.#memories.get(personId) === ref) this.#memories.delete(personId);
    });
    return made;
  }

  #flushed(): Promise<void> {
    const { recorder, clock } = this.#parts;
    return new Promise((resolve) => {
      const limit = clock.after(FLUSH_LIMIT_MS, resolve);
      recorder.flushed().then(
        () => {
          limit.cancel();
          resolve();
        },
        () => resolve(),
      );
    });
  }
}

function notePageEvent(thread: SessionThread, name: string, data: Json): void {
  thread.note({ kind: 'page.event', channel: 'page', data: { name }, personal: { data } });
}

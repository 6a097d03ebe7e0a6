import type { Clock, TimerHandle } from '../../../shared/clock.ts';
import { SegueError } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { LANGUAGES } from '../../../shared/language.ts';
import { type Channel, type LedgerKind, ledgerEvent, type NewEvent } from '../../ledger/event.ts';
import { forgottenFacts, memoryFacts } from '../memory/facts.ts';
import type { PersonMemory } from '../memory/memory.ts';
import { tendenciesOf } from '../memory/tendencies.ts';
import type { IdentityHappening, People, Resolved } from '../people/people.ts';
import type { Recalled } from '../rehydration.ts';
import type { Session } from '../session.ts';
import { LiveMemory } from './liveMemory.ts';

/** What happens is written under a passing id when it is not known sooner who it is. */
const IDENTIFY_LIMIT_MS = 2_000;
const RETRY_MS = 15_000;
/** So many times it is tried again to find out who it was; by then the session is over. */
const MOST_RETRIES = 480;

/** What a thread needs of the rest. */
export type ThreadParts = {
  people: People;
  /** All that is remembered of somebody with these ids, all that was recorded before included. */
  recall(site: string, people: readonly string[]): Promise<PersonMemory>;
  record(event: NewEvent): void;
  /** The memory that all sessions of a person share. */
  share(personId: string): LiveMemory;
  clock: Clock;
  onTrouble(session: Session, error: SegueError): void;
};

/** Something that happened in a session. */
export type Happening = {
  /** The same for what may be told twice; absent: a fresh one. */
  id?: string;
  kind: LedgerKind;
  channel: Channel;
  contactId?: string | null;
  data?: JsonObject;
  personal?: JsonObject;
};

/**
 * Joins one session with its person's others: finds out who it is, remembers, and writes down what happens. Nothing
 * waits for it, and without a database everything goes on.
 */
export class SessionThread {
  readonly session: Session;
  readonly #parts: ThreadParts;
  #known: Promise<Resolved>;
  #person: Resolved | null = null;
  #live = new LiveMemory();
  /** What happened before it was known who it is; null afterwards. */
  #waiting: Happening[] | null = [];
  #timer: TimerHandle | null = null;
  #retries = 0;

  constructor(session: Session, parts: ThreadParts) {
    this.session = session;
    this.#parts = parts;
    if (session.handles.length === 0) this.#live.beginEmpty();
    this.#timer = parts.clock.after(IDENTIFY_LIMIT_MS, () => this.#goOnUnder(session.passing.id));
    this.#known = this.#identifyQuietly();
  }

  /** Null while it is not known. */
  get person(): Resolved | null {
    return this.#person;
  }

  /** What is remembered now; null while, or where, nothing is known. */
  get memory(): PersonMemory | null {
    return this.#live.memory;
  }

  /** What the past tells for the greeting. Rejects when it cannot be read. */
  async recall(): Promise<Recalled> {
    const { clock, recall } = this.#parts;
    const person = await this.#known;
    const memory = await this.#live.recall(() => recall(this.session.siteKey, person.people));
    if (!memory) return { facts: {} };
    this.#preferLanguage(memory);
    const trust = person.proven ? 'signed' : 'inferred';
    return { facts: memoryFacts(memory, clock.epochMs()), trust };
  }

  /**
   * The visitor has shown who they are: what happens from now on is written under that person. Resolves within two
   * seconds and never rejects: what is proven holds without a database, and is tried again later.
   */
  async identifyAgain(): Promise<void> {
    const known = this.#identifyQuietly();
    this.#known = known;
    await new Promise<void>((resolve) => {
      const limit = this.#parts.clock.after(IDENTIFY_LIMIT_MS, resolve);
      const done = () => {
        limit.cancel();
        resolve();
      };
      known.then(done, done);
    });
  }

  /** Writes down what happens now, and remembers it; returns at once. */
  note(happening: Happening): void {
    if (this.#waiting) this.#waiting.push({ ...happening });
    else this.#write(happening, this.#person?.personId ?? this.session.passing.id);
  }

  /** The memory that this thread shares with the person's others. */
  get live(): LiveMemory {
    return this.#live;
  }

  /** What is remembered is read anew, where anything is; what cannot be read stays as it was. */
  refresh(): void {
    const person = this.#person;
    if (!person || !this.#live.memory) return;
    const read = () => this.#parts.recall(this.session.siteKey, person.people);
    this.#live.recall(read).catch((error: unknown) => {
      this.#parts.onTrouble(this.session, SegueError.from(error));
    });
  }

  /** The person was erased: what was remembered is gone at once. */
  forget(): void {
    this.#live.erase();
    for (const source of ['signed', 'inferred'] as const) this.session.learn(source, forgottenFacts());
  }

  /** Whoever waits for it learns of a failure; nobody has to. */
  #identifyQuietly(): Promise<Resolved> {
    const known = this.#identify();
    known.catch(() => {});
    return known;
  }

  async #identify(): Promise<Resolved> {
    const { people, clock, onTrouble } = this.#parts;
    const { siteKey: site, handles, passing } = this.session;
    try {
      const request = { site, handles, freshId: passing.id, freshIdUsed: passing.used };
      const person = await people.resolve({ ...request, atMs: clock.epochMs() });
      this.#person = person;
      this.#join(person);
      for (const happened of person.happened) this.#noteIdentity(happened);
      return person;
    } catch (thrown) {
      const error = SegueError.from(thrown);
      onTrouble(this.session, error);
      this.#retryLater();
      throw error;
    }
  }

  /** From now on everything is written under this person. */
  #join(person: Resolved): void {
    const shared = this.#parts.share(person.personId);
    const before = this.#live;
    this.#live = shared;
    if (before.memory) shared.beginEmpty();
    this.#goOnUnder(person.personId);
  }

  #goOnUnder(personId: string): void {
    this.#timer?.cancel();
    this.#timer = null;
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const happening of waiting) this.#write(happening, personId);
  }

  #retryLater(): void {
    if (this.#retries++ >= MOST_RETRIES) return;
    this.#parts.clock.after(RETRY_MS, () => {
      this.#known = this.#identifyQuietly();
    });
  }

  #write(happening: Happening, personId: string): void {
    const { clock, record } = this.#parts;
    if (personId === this.session.passing.id) this.session.usePassing();
    const { siteKey: site, id: sessionId } = this.session;
    const event = ledgerEvent({ ...happening, site, personId, sessionId }, clock.epochMs());
    record(event);
    this.#live.add(event);
  }

  #noteIdentity(happened: IdentityHappening): void {
    const channel = 'system';
    switch (happened.kind) {
      case 'linked':
        this.note({
          kind: 'identity.linked',
          channel,
          data: { handleKind: happened.handle, proof: happened.proof },
        });
        break;
      case 'merged':
        this.note({
          kind: 'identity.merged',
          channel,
          data: { from: happened.from, into: happened.into, proof: happened.proof },
        });
        break;
      case 'refused':
        this.note({
          kind: 'decision',
          channel,
          data: { decision: 'identity_refused', handleKind: happened.handle, reason: happened.reason },
        });
    }
  }

  /** A visitor's own wish, where the page names no language. */
  #preferLanguage(memory: PersonMemory): void {
    if (!this.session.languageIsGuess) return;
    const wish = tendenciesOf(memory).language;
    const language = LANGUAGES.find((one) => one === wish);
    if (language) this.session.language = language;
  }
}

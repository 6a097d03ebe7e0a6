import type { Clock, TimerHandle } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import { Session, type SessionOptions } from './session.ts';
import type { SessionKeeper } from './sessionKeeper.ts';

/** A session is forgotten after this long without a sign of life. */
export const SESSION_IDLE_MS = 2 * 60 * 60_000;
const SWEEP_MS = 60_000;
/** Some 100 MB: 3.6 KB each, and what is known beside them. */
const MOST = 20_000;
const MOST_AT_HAND = 5_000;

export type SessionsOptions = {
  /** More are refused where they cannot be kept elsewhere. */
  max?: number;
  /** Of those that are kept, so many stay in memory; the others only while somebody uses them. */
  maxAtHand?: number;
  /** Keeps sessions beyond this process; without it they are in memory only. */
  keeper?: SessionKeeper;
  /** A session that another process has opened is in this one now. */
  onFound?: (session: Session) => void;
};

/** The sessions of this process; those of others, and those unused for longest, are found where they are kept. */
export class Sessions {
  readonly #clock: Clock;
  readonly #max: number;
  readonly #maxAtHand: number;
  readonly #keeper: SessionKeeper | null;
  readonly #onFound: (session: Session) => void;
  readonly #sweeper: TimerHandle;
  /** In the order of their last use. */
  readonly #atHand = new Map<string, Session>();
  /** A call, a socket or a thread may still use one: there is never a second one beside it. */
  readonly #letGo = new Map<string, WeakRef<Session>>();
  readonly #finding = new Map<string, Promise<Session>>();

  constructor(clock: Clock, options: SessionsOptions = {}) {
    const { max = MOST, maxAtHand = MOST_AT_HAND, keeper, onFound } = options;
    this.#clock = clock;
    this.#max = max;
    this.#maxAtHand = maxAtHand;
    this.#keeper = keeper ?? null;
    this.#onFound = onFound ?? (() => {});
    this.#sweeper = clock.every(SWEEP_MS, () => this.#sweep());
  }

  /** How many are in memory for their own sake. */
  get size(): number {
    return this.#atHand.size;
  }

  /** Throws CAPACITY_REACHED when too many are open and cannot be kept elsewhere. */
  open(options: Omit<SessionOptions, 'id' | 'clock'>): Session {
    return this.#add({ ...options, id: newId('ses') });
  }

  /** A session in memory. Throws SESSION_UNKNOWN. */
  get(id: string): Session {
    const session = this.#known(id);
    if (!session) throw new SegueError('SESSION_UNKNOWN');
    return session;
  }

  /**
   * A session in memory, or one that is kept. Rejects with SESSION_UNKNOWN, CAPACITY_REACHED, or
   * DATABASE_UNAVAILABLE while it cannot be known.
   */
  async find(id: string): Promise<Session> {
    const known = this.#known(id);
    if (known) return known;
    const finding = this.#finding.get(id) ?? this.#restore(id).finally(() => this.#finding.delete(id));
    this.#finding.set(id, finding);
    return finding;
  }

  /**
   * What a session is by now, wherever it is in use; for whoever only reads it, and comes into use nowhere. Rejects as
   * `find` does.
   */
  async look(id: string): Promise<Session> {
    await this.kept();
    const known = this.#known(id);
    if (known && this.#keeper?.failing !== false) return known;
    const snapshot = (await this.#keeper?.find(id))?.snapshot;
    if (!snapshot) return this.get(id);
    const session = new Session({ id, clock: this.#clock, ...snapshot });
    session.adopt(snapshot);
    return session;
  }

  /** Becomes what another process has made of it. Rejects with DATABASE_UNAVAILABLE. */
  async refresh(session: Session): Promise<void> {
    const kept = await this.#keeper?.find(session.id);
    kept?.restore(session);
  }

  /** Resolves when what was opened and changed by now is kept. */
  async kept(): Promise<void> {
    await this.#keeper?.flushed();
  }

  close(): void {
    this.#sweeper.cancel();
    this.#atHand.clear();
    this.#letGo.clear();
  }

  async #restore(id: string): Promise<Session> {
    const kept = await this.#keeper?.find(id);
    if (!kept) throw new SegueError('SESSION_UNKNOWN');
    const { siteKey, language, languageIsGuess } = kept.snapshot;
    const session = this.#add({ id, siteKey, language, languageIsGuess });
    kept.restore(session);
    this.#onFound(session);
    return session;
  }

  #known(id: string): Session | undefined {
    return this.#atHand.get(id) ?? this.#letGo.get(id)?.deref();
  }

  #add(options: Omit<SessionOptions, 'clock'>): Session {
    this.#letGoOfUnused();
    if (this.#atHand.size >= this.#max) this.#sweep();
    if (this.#atHand.size >= this.#max) throw new SegueError('CAPACITY_REACHED');
    const session = new Session({ ...options, clock: this.#clock });
    session.on('touched', () => this.#use(session));
    this.#keeper?.keep(session);
    this.#use(session);
    return session;
  }

  #use(session: Session): void {
    this.#letGo.delete(session.id);
    this.#atHand.delete(session.id);
    this.#atHand.set(session.id, session);
    this.#letGoOfUnused();
  }

  /** What is not written yet is held by the keeper; what is cannot be found while the database is gone. */
  #letGoOfUnused(): void {
    if (!this.#keeper || this.#keeper.failing) return;
    for (const [id, unused] of this.#atHand) {
      if (this.#atHand.size <= this.#maxAtHand) return;
      this.#atHand.delete(id);
      this.#letGo.set(id, new WeakRef(unused));
    }
  }

  #sweep(): void {
    const isIdle = ({ touchedAt }: Session) => this.#clock.nowMs() - touchedAt > SESSION_IDLE_MS;
    for (const [id, session] of this.#atHand) if (isIdle(session)) this.#atHand.delete(id);
    for (const [id, ref] of this.#letGo) {
      const session = ref.deref();
      if (!session || isIdle(session)) this.#letGo.delete(id);
    }
  }
}

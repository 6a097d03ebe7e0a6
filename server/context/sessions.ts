import type { Clock, TimerHandle } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import { Session, type SessionOptions } from './session.ts';
import type { SessionKeeper } from './sessionKeeper.ts';

/** A session is forgotten after this long without a sign of life. */
export const SESSION_IDLE_MS = 2 * 60 * 60_000;
const SWEEP_MS = 60_000;

export type SessionsOptions = {
  max?: number;
  /** Keeps sessions beyond this process; without it they are in memory only. */
  keeper?: SessionKeeper;
  /** A session that another process has opened is in this one now. */
  onFound?: (session: Session) => void;
};

/** The sessions of this process, in memory; those of others are found where they are kept. */
export class Sessions {
  readonly #clock: Clock;
  readonly #max: number;
  readonly #keeper: SessionKeeper | null;
  readonly #onFound: (session: Session) => void;
  readonly #sweeper: TimerHandle;
  readonly #sessions = new Map<string, Session>();
  readonly #finding = new Map<string, Promise<Session>>();

  constructor(clock: Clock, { max = 20_000, keeper, onFound }: SessionsOptions = {}) {
    this.#clock = clock;
    this.#max = max;
    this.#keeper = keeper ?? null;
    this.#onFound = onFound ?? (() => {});
    this.#sweeper = clock.every(SWEEP_MS, () => this.#sweep());
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Throws CAPACITY_REACHED when too many are open. */
  open(options: Omit<SessionOptions, 'id' | 'clock'>): Session {
    return this.#add({ ...options, id: newId('ses') });
  }

  /** A session of this process. Throws SESSION_UNKNOWN. */
  get(id: string): Session {
    const session = this.#sessions.get(id);
    if (!session) throw new SegueError('SESSION_UNKNOWN');
    return session;
  }

  /**
   * A session of this process, or one that another has opened. Rejects with SESSION_UNKNOWN, CAPACITY_REACHED, or
   * DATABASE_UNAVAILABLE while it cannot be known.
   */
  async find(id: string): Promise<Session> {
    const known = this.#sessions.get(id);
    if (known) return known;
    const finding = this.#finding.get(id) ?? this.#restore(id).finally(() => this.#finding.delete(id));
    this.#finding.set(id, finding);
    return finding;
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
    this.#sessions.clear();
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

  #add(options: Omit<SessionOptions, 'clock'>): Session {
    if (this.#sessions.size >= this.#max) this.#sweep();
    if (this.#sessions.size >= this.#max) throw new SegueError('CAPACITY_REACHED');
    const session = new Session({ ...options, clock: this.#clock });
    this.#sessions.set(session.id, session);
    this.#keeper?.keep(session);
    return session;
  }

  #sweep(): void {
    for (const [id, session] of this.#sessions) {
      if (this.#clock.nowMs() - session.touchedAt > SESSION_IDLE_MS) this.#sessions.delete(id);
    }
  }
}

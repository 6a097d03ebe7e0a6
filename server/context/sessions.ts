import type { Clock, TimerHandle } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import { Session, type SessionOptions } from './session.ts';

/** A session is forgotten after this long without a sign of life. */
const IDLE_LIMIT_MS = 2 * 60 * 60_000;
const SWEEP_MS = 60_000;

/** The sessions of this process, in memory. */
export class Sessions {
  readonly #clock: Clock;
  readonly #max: number;
  readonly #sweeper: TimerHandle;
  readonly #sessions = new Map<string, Session>();

  constructor(clock: Clock, max = 20_000) {
    this.#clock = clock;
    this.#max = max;
    this.#sweeper = clock.every(SWEEP_MS, () => this.#sweep());
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Throws CAPACITY_REACHED when too many are open. */
  open(options: Omit<SessionOptions, 'id' | 'clock'>): Session {
    if (this.#sessions.size >= this.#max) this.#sweep();
    if (this.#sessions.size >= this.#max) throw new SegueError('CAPACITY_REACHED');
    const session = new Session({ ...options, id: newId('ses'), clock: this.#clock });
    this.#sessions.set(session.id, session);
    return session;
  }

  /** Throws SESSION_UNKNOWN. */
  get(id: string): Session {
    const session = this.#sessions.get(id);
    if (!session) throw new SegueError('SESSION_UNKNOWN');
    return session;
  }

  close(): void {
    this.#sweeper.cancel();
    this.#sessions.clear();
  }

  #sweep(): void {
    for (const [id, session] of this.#sessions) {
      if (this.#clock.nowMs() - session.touchedAt > IDLE_LIMIT_MS) this.#sessions.delete(id);
    }
  }
}

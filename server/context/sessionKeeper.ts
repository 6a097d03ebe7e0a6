import type { Clock, TimerHandle } from '../../shared/clock.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { SessionStore } from '../storage/sessionStore.ts';
import { WriteBehind } from '../storage/writeBehind.ts';
import type { Session } from './session.ts';
import { type SessionSnapshot, sessionSnapshot } from './sessionSnapshot.ts';

const PURGE_EVERY_MS = 10 * 60_000;

export type SessionKeeperParts = {
  store: SessionStore;
  clock: Clock;
  /** A session that nobody used for so long is not kept any more. */
  idleMs: number;
  /** What belongs to a session and is known elsewhere. */
  beside?: { snapshot(session: Session): JsonObject; restore(session: Session, kept: JsonObject): void };
  /** Told when it begins to fail, and null when it works again. */
  onTrouble?: (error: unknown) => void;
};

/** Keeps open sessions where another process finds them. Nobody waits for it. */
export class SessionKeeper {
  readonly #parts: SessionKeeperParts;
  readonly #writes: WriteBehind<Session>;
  readonly #purging: TimerHandle;

  constructor(parts: SessionKeeperParts) {
    const { store, clock, onTrouble } = parts;
    this.#parts = parts;
    this.#writes = new WriteBehind<Session>({
      clock,
      write: (sessions) => store.save(sessions.map((session) => this.#row(session))),
      ...(onTrouble ? { onTrouble } : {}),
    });
    this.#purging = clock.every(PURGE_EVERY_MS, () => {
      store.purge(clock.epochMs() - parts.idleMs).catch(() => {});
    });
  }

  /** Whether nothing can be kept at present. */
  get failing(): boolean {
    return this.#writes.failing;
  }

  /** Follows a session from now on. */
  keep(session: Session): void {
    session.on('touched', () => this.#writes.touch(session));
    this.#writes.touch(session);
  }

  /** Something beside it has changed. */
  touch(session: Session): void {
    this.#writes.touch(session);
  }

  /** Null for a session that is not known. Rejects with DATABASE_UNAVAILABLE. */
  async find(id: string): Promise<{ snapshot: SessionSnapshot; restore(session: Session): void } | null> {
    const { store, clock, idleMs, beside } = this.#parts;
    const kept = await store.load(id, clock.epochMs() - idleMs);
    const parsed = sessionSnapshot.safeParse(kept?.data.session);
    if (!parsed.success) return null;
    return {
      snapshot: parsed.data,
      restore: (session) => {
        session.adopt(parsed.data);
        beside?.restore(session, (kept?.data.beside ?? {}) as JsonObject);
      },
    };
  }

  /** Resolves when all that has changed by now is kept, and at once while that is not possible. */
  flushed(): Promise<void> {
    return this.#writes.flushed();
  }

  async close(): Promise<void> {
    this.#purging.cancel();
    await this.#writes.close();
  }

  #row(session: Session) {
    const beside = this.#parts.beside?.snapshot(session) ?? {};
    return {
      id: session.id,
      site: session.siteKey,
      data: { session: session.snapshot() as unknown as JsonObject, beside },
      touchedMs: this.#parts.clock.epochMs(),
    };
  }
}

import type { JsonObject } from '../../shared/json.ts';

export type KeptSession = {
  id: string;
  site: string;
  /** Personal. */
  data: JsonObject;
  /** Last sign of life, in milliseconds since the epoch. */
  touchedMs: number;
};

/** Port: sessions, for the time when the process that has them in memory is gone. Rejects with DATABASE_UNAVAILABLE. */
export type SessionStore = {
  readonly name: string;
  /** Adds or replaces; of one that was erased nothing is kept any more. */
  save(sessions: readonly KeptSession[]): Promise<void>;
  /** Null for one that is not known, erased, or was not touched since then. */
  load(id: string, sinceMs: number): Promise<KeptSession | null>;
  erase(ids: readonly string[]): Promise<void>;
  /** Removes what was not touched since then. */
  purge(beforeMs: number): Promise<void>;
};

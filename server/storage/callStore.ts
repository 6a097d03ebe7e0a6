import type { JsonObject } from '../../shared/json.ts';

/** Who runs a call, and for the how many-th time it was taken over. */
export type CallTenure = { id: string; owner: string; epoch: number };

export type SavedCall = CallTenure & {
  sessionId: string;
  site: string;
  /** Personal. */
  checkpoint: JsonObject;
};

export type KeptCall = Omit<SavedCall, 'owner'> & {
  /** Null when it was given up. */
  owner: string | null;
  /** Until its owner counts as lost, by the database's clock; negative since then. */
  leaseLeftMs: number;
};

/**
 * Port: running calls, for the time when their process is gone. One process owns a call at a time, as long as it renews
 * its lease; times are the database's own, so that no two servers' clocks are compared. Rejects with
 * DATABASE_UNAVAILABLE.
 */
export type CallStore = {
  readonly name: string;
  /** Writes checkpoints and renews the leases. Answers the ids of calls that are the writer's no more. */
  save(calls: readonly SavedCall[], leaseMs: number): Promise<string[]>;
  /** Renews the leases of running calls. Answers the ids of those that are the owner's no more. */
  renew(calls: readonly CallTenure[], leaseMs: number): Promise<string[]>;
  /** The call of a session that has not ended. */
  ofSession(sessionId: string): Promise<KeptCall | null>;
  /** Takes a call over from what was read of it; null when somebody was faster, or it has ended. */
  claim(call: Pick<KeptCall, 'id' | 'epoch'>, owner: string, leaseMs: number): Promise<KeptCall | null>;
  /** Others may take it at once. */
  release(call: CallTenure): Promise<void>;
  /** It is over: what was said in it is not kept. */
  end(calls: readonly CallTenure[]): Promise<void>;
  /** Calls whose lease ended longer ago than that. */
  abandoned(sinceMs: number, limit: number): Promise<KeptCall[]>;
  /** What they hold is removed; they go on, and are not kept any more. */
  erase(ids: readonly string[]): Promise<void>;
  /** Removes calls that ended longer ago than that, and erased ones that nobody runs since then. */
  purge(sinceMs: number): Promise<void>;
};

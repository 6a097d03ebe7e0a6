import type { Clock, TimerHandle } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { CallStore, CallTenure, KeptCall } from '../storage/callStore.ts';
import { WriteBehind } from '../storage/writeBehind.ts';
import { type CallCheckpoint, callCheckpoint, type Resumed } from './checkpoint.ts';
import type { DeviceLine } from './deviceLine.ts';

/** Who has not renewed its leases for so long is lost. */
export const LEASE_MS = 10_000;
const RENEW_MS = 3_000;
const SWEEP_MS = 60_000;
/** Nobody has come back to a call for so long: longer than a call waits for its device. */
const ABANDONED_MS = 3 * 60_000;
/** Longer than a server counts as alive that is not. */
const ALIVE_LIMIT_MS = 4_000;
/** Of one that is not known to live, every lease has ended by then. */
const UNKNOWN_LIMIT_MS = LEASE_MS + 1_000;
const ASK_AGAIN_MS = 100;
/** Who asks for a call waits for a little longer than that. */
const WRITE_TRIES = 5;
const WRITE_AGAIN_MS = 500;
const ABANDONED_AT_ONCE = 20;
/** Of a call that has ended only that it has is known, until whoever wrote last has learnt it. */
const ENDED_MS = 10 * 60_000;

/** A running call, as far as it is kept. */
export type Keepable = {
  readonly id: string;
  readonly session: { readonly id: string; readonly siteKey: string };
  checkpoint(): CallCheckpoint;
};

/** Who wants a call: a device's line; `insists`: even when another one attends it. */
export type Claimant = { line: DeviceLine | null; insists: boolean };

/** `given`: it is free now; `kept`: its device is there; `silent`: there was no answer. */
export type Asked = 'given' | 'kept' | 'silent';

export const ANYBODY: Claimant = { line: null, insists: true };

export type CallKeeperParts = {
  store: CallStore;
  /** This process. */
  owner: string;
  clock: Clock;
  /** Whether an owner is known to be dead before its leases end. */
  isDead: (owner: string) => boolean;
  /** Asks a process that may live to give a call up; without it nobody can be asked, and its lease is waited for. */
  ask?: (owner: string, callId: string, claimant: Claimant) => Promise<Asked>;
  /** Told when checkpoints begin to fail, and null when they work again. */
  onTrouble?: (error: unknown) => void;
};

/** `free`: others may have it, once it is written. */
type Kept = { call: Keepable; epoch: number; saved: boolean; over: boolean; free: boolean };

/** A call that was another process's, and is this one's now. */
export type TakenOver = Resumed & { sessionId: string; epoch: number };

/** Keeps running calls where another process finds them, says whose they are, and takes over what is nobody's. */
export class CallKeeper {
  readonly #parts: CallKeeperParts;
  readonly #kept = new Map<string, Kept>();
  /** Of these the store does not say yet how they are: they have ended, or are on their way here or away. */
  readonly #unsettled = new Map<string, 'over' | 'moving'>();
  readonly #writes: WriteBehind<Kept>;
  readonly #timers: TimerHandle[];
  #onLost: (callId: string) => void = () => {};
  #onAbandoned: (call: KeptCall) => void = () => {};
  /** Calls that look abandoned, and since when they did each time. */
  #abandoned: ReadonlyMap<string, number> = new Map();

  constructor(parts: CallKeeperParts) {
    const { clock, onTrouble } = parts;
    this.#parts = parts;
    this.#writes = new WriteBehind<Kept>({
      clock,
      write: (entries) => this.#write(entries),
      ...(onTrouble ? { onTrouble } : {}),
    });
    this.#timers = [
      clock.every(RENEW_MS, () => void this.#renew().catch(() => {})),
      clock.every(SWEEP_MS, () => void this.#sweep().catch(() => {})),
    ];
  }

  /** Told of calls that another process has taken over. */
  onLost(listener: (callId: string) => void): void {
    this.#onLost = listener;
  }

  /** Told of calls to which nobody has come back. */
  onAbandoned(listener: (call: KeptCall) => void): void {
    this.#onAbandoned = listener;
  }

  /** Whether nothing can be kept at present. */
  get failing(): boolean {
    return this.#writes.failing;
  }

  /** Follows a call from now on; `epoch`: that of its take-over. */
  keep(call: Keepable, epoch = 1): void {
    const kept = { call, epoch, saved: epoch > 1, over: false, free: false };
    this.#unsettled.delete(call.id);
    this.#kept.set(call.id, kept);
    this.#writes.touch(kept);
  }

  /** It is not as it was. */
  touch(callId: string): void {
    const kept = this.#kept.get(callId);
    if (kept) this.#writes.touch(kept);
  }

  /** It has ended. */
  end(callId: string): void {
    const kept = this.#kept.get(callId);
    if (!kept) return;
    kept.over = true;
    this.#kept.delete(callId);
    if (kept.saved) this.#writes.touch(kept);
    else this.#writes.drop(kept);
    if (this.#writes.waits(kept)) this.#unsettled.set(callId, 'over');
  }

  /**
   * Others may take it over, as it is now; it has to be still from this moment. `beside`: what else they need of it.
   * Rejects with DATABASE_UNAVAILABLE; then they may when it is written after all, or its lease has ended.
   */
  async giveUp(callId: string, beside: Promise<unknown> = Promise.resolve()): Promise<void> {
    const kept = this.#kept.get(callId);
    if (!kept) return;
    const { id, session } = kept.call;
    const last = kept.call.checkpoint();
    kept.call = { id, session, checkpoint: () => last };
    this.#unsettled.set(callId, 'moving');
    this.#writes.touch(kept);
    await Promise.all([this.#written(kept), beside]);
    this.#kept.delete(callId);
    // What is kept of it is not how it is.
    kept.free = this.#writes.waits(kept);
    if (kept.free) throw new SegueError('DATABASE_UNAVAILABLE');
    this.#unsettled.delete(callId);
    await this.#parts.store.release(this.#tenure(kept));
  }

  /**
   * Takes over a session's call whose process is gone, or gives it up; one that does not answer is waited for until it
   * counts as gone, or its lease has ended. Null when there is none, its device is there, or it runs here. Rejects with
   * MEDIA_UNAVAILABLE when it is by voice and that is not to be had here, with NODE_UNREACHABLE when it runs where nobody
   * answers, and with DATABASE_UNAVAILABLE.
   */
  async takeOver(sessionId: string, claimant: Claimant, voice = true): Promise<TakenOver | null> {
    const { clock } = this.#parts;
    const sinceMs = clock.nowMs();
    let leaseLeftMs = Number.POSITIVE_INFINITY;
    let renewed = false;
    for (;;) {
      const call = await this.#elsewhere(sessionId);
      if (!call) return null;
      // It would leave where it is for nothing.
      if (!voice && call.checkpoint.voice === true) throw new SegueError('MEDIA_UNAVAILABLE');
      if (this.#isFree(call)) {
        const taken = await this.claim(call);
        if (taken) return taken;
        // Another process was faster, or nothing is left to go on with: the next look tells.
        continue;
      }
      renewed ||= call.leaseLeftMs > leaseLeftMs;
      ({ leaseLeftMs } = call);
      const asked = await this.#ask(call, claimant);
      if (asked === 'kept') return null;
      if (asked === 'given') continue;
      const limitMs = renewed ? ALIVE_LIMIT_MS : UNKNOWN_LIMIT_MS;
      if (clock.nowMs() - sinceMs >= limitMs) throw new SegueError('NODE_UNREACHABLE');
      await this.#after(ASK_AGAIN_MS);
    }
  }

  /** Whether a session has a call that does not run here. Rejects with DATABASE_UNAVAILABLE. */
  async isElsewhere(sessionId: string): Promise<boolean> {
    return (await this.#elsewhere(sessionId)) !== null;
  }

  /**
   * Null when another process was faster, or there is nothing to go on with. What is claimed is kept, put back or
   * discarded then.
   */
  async claim(call: KeptCall): Promise<TakenOver | null> {
    if (this.#unsettled.has(call.id)) return null;
    this.#unsettled.set(call.id, 'moving');
    let taken: TakenOver | null = null;
    try {
      taken = await this.#claim(call);
    } finally {
      if (!taken) this.#unsettled.delete(call.id);
    }
    return taken;
  }

  /** It could not be gone on with here: others may. Rejects with DATABASE_UNAVAILABLE. */
  async putBack({ callId, epoch }: TakenOver): Promise<void> {
    this.#unsettled.delete(callId);
    await this.#parts.store.release({ id: callId, owner: this.#parts.owner, epoch });
  }

  /** Nobody can go on with it. Rejects with DATABASE_UNAVAILABLE. */
  async discard({ callId, epoch }: TakenOver): Promise<void> {
    this.#unsettled.delete(callId);
    await this.#parts.store.end([{ id: callId, owner: this.#parts.owner, epoch }]);
  }

  /** Resolves when all calls are kept as they are by now, and at once while that is not possible. */
  flushed(): Promise<void> {
    return this.#writes.flushed();
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    await this.#writes.close();
  }

  /** Resolves when a call is written as it is, or cannot be. */
  async #written(kept: Kept): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      await this.#writes.flushed();
      if (tries === WRITE_TRIES || !this.#writes.waits(kept)) return;
      await this.#after(WRITE_AGAIN_MS);
    }
  }

  #after(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#parts.clock.after(delayMs, resolve));
  }

  async #claim(call: KeptCall): Promise<TakenOver | null> {
    const { store, owner } = this.#parts;
    const claimed = await store.claim(call, owner, LEASE_MS);
    if (!claimed) return null;
    const parsed = callCheckpoint.safeParse(claimed.checkpoint);
    if (!parsed.success) {
      await store.end([{ id: claimed.id, owner, epoch: claimed.epoch }]);
      return null;
    }
    return {
      callId: claimed.id,
      sessionId: claimed.sessionId,
      epoch: claimed.epoch,
      checkpoint: parsed.data,
      silentMs: Math.max(0, LEASE_MS - call.leaseLeftMs),
    };
  }

  /** The call of a session, unless it has ended, or is kept here and stays. */
  async #elsewhere(sessionId: string): Promise<KeptCall | null> {
    const call = await this.#parts.store.ofSession(sessionId);
    if (!call) return null;
    const unsettled = this.#unsettled.get(call.id);
    const isHere = call.owner === this.#parts.owner && this.#kept.has(call.id) && !unsettled;
    return unsettled === 'over' || isHere ? null : call;
  }

  async #ask({ id, owner }: KeptCall, claimant: Claimant): Promise<Asked> {
    // On its way here or away: that is over soon.
    if (owner === null || owner === this.#parts.owner) return 'silent';
    return (await this.#parts.ask?.(owner, id, claimant)) ?? 'silent';
  }

  #isFree({ id, owner, leaseLeftMs }: KeptCall): boolean {
    if (this.#unsettled.has(id)) return false;
    // Claimed, or given up, by a question whose answer was lost: no call stands behind it.
    if (owner === this.#parts.owner) return !this.#kept.has(id);
    return owner === null || leaseLeftMs < 0 || this.#parts.isDead(owner);
  }

  async #write(entries: readonly Kept[]): Promise<void> {
    const { store } = this.#parts;
    const running = entries.filter(({ over }) => !over);
    const lost = await store.save(
      running.map((kept) => ({
        ...this.#tenure(kept),
        sessionId: kept.call.session.id,
        site: kept.call.session.siteKey,
        checkpoint: kept.call.checkpoint() as unknown as JsonObject,
      })),
      LEASE_MS,
    );
    for (const kept of running) {
      kept.saved = true;
      if (!kept.free) continue;
      await store.release(this.#tenure(kept));
      this.#unsettled.delete(kept.call.id);
    }
    this.#lose(running, lost);
    // What has ended while it was written is ended, too.
    const over = entries.filter((kept) => kept.over);
    await store.end(over.map((kept) => this.#tenure(kept)));
    for (const { call } of over) this.#unsettled.delete(call.id);
  }

  async #renew(): Promise<void> {
    const saved = [...this.#kept.values()].filter((kept) => kept.saved);
    const tenures = saved.map((kept) => this.#tenure(kept));
    this.#lose(saved, await this.#parts.store.renew(tenures, LEASE_MS));
  }

  /** One that has come back here meanwhile is another tenure, and not lost. */
  #lose(asked: readonly Kept[], callIds: readonly string[]): void {
    for (const kept of asked) {
      const { id } = kept.call;
      if (!callIds.includes(id) || this.#kept.get(id) !== kept) continue;
      this.#kept.delete(id);
      this.#writes.drop(kept);
      this.#onLost(id);
    }
  }

  async #sweep(): Promise<void> {
    const { store, clock } = this.#parts;
    const before = this.#abandoned;
    this.#abandoned = new Map();
    await store.purge(ENDED_MS);
    const found = await store.abandoned(ABANDONED_MS, ABANDONED_AT_ONCE);
    const nowMs = clock.nowMs();
    const since = new Map(found.map(({ id }) => [id, before.get(id) ?? nowMs]));
    this.#abandoned = since;
    // After an outage of the database all calls look so, until their processes have renewed their leases.
    for (const call of found) if (nowMs - (since.get(call.id) ?? nowMs) >= LEASE_MS) this.#onAbandoned(call);
  }

  #tenure({ call, epoch }: Kept): CallTenure {
    return { id: call.id, owner: this.#parts.owner, epoch };
  }
}

import { LRUCache } from 'lru-cache';
import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import type { Session } from '../context/session.ts';
import type { KeptCall } from '../storage/callStore.ts';
import { Call } from './call.ts';
import { ANYBODY, type Asked, type CallKeeper, type Claimant, type TakenOver } from './callKeeper.ts';
import type { CallParts } from './callParts.ts';
import type { CallSummary } from './callSummary.ts';
import type { Resumed } from './checkpoint.ts';
import type { DeviceLine } from './deviceLine.ts';
import { WaitingLine } from './waitingLine.ts';

/** More than are erased while they run. */
const MOST_FORGOTTEN = 1_000;

/** Their sound is what calls cost; those in writing are limited by memory. */
const MOST_TEXT_CALLS = 1_000;

/** Makes the parts of one call; the composition root knows how. Rejects with MEDIA_UNAVAILABLE and the like. */
export type PrepareCall = (
  session: Session,
  options: { media: boolean; resumed?: Resumed },
) => Promise<CallParts>;

export type CallsParts = {
  prepare: PrepareCall;
  /** Calls by voice at once. */
  max: number;
  /** Calls in writing, which cost little. */
  maxText?: number;
  /** No further calls by voice can be taken, whatever their number. */
  overloaded?: () => boolean;
  /** Whether calls by voice can be gone on with here. */
  speaks?: () => boolean;
  clock: Clock;
  onStart?: (call: Call) => void;
  /** Keeps calls beyond this process; without it they end with it. */
  keeper?: CallKeeper;
  /** The session of a call that comes from another process, as it was there. */
  findSession?: (id: string) => Promise<Session>;
  /** Resolves when what belongs to a call can be read by another process. */
  written?: () => Promise<void>;
  /** Whether a session's call is known to run in another process. */
  isElsewhere?: (sessionId: string) => boolean;
  /** A call was taken over from another process. */
  onTaken?: (callId: string, line: DeviceLine | null) => void;
};

/** The calls of this process, and the door to those of processes that are gone. */
export class Calls {
  readonly #prepare: PrepareCall;
  readonly #max: number;
  readonly #maxText: number;
  readonly #overloaded: () => boolean;
  readonly #speaks: () => boolean;
  /** Who waits for a free line. */
  readonly line: WaitingLine;
  readonly #clock: Clock;
  readonly #onStart: (call: Call) => void;
  readonly #keeper: CallKeeper | null;
  readonly #written: () => Promise<void>;
  readonly #isElsewhere: (sessionId: string) => boolean;
  readonly #onTaken: (callId: string, line: DeviceLine | null) => void;
  readonly #findSession: (id: string) => Promise<Session>;
  readonly #resuming = new Map<string, Promise<Call | null>>();
  readonly #running = new Map<string, Call>();
  /** Sessions whose call begins, and whether by voice. */
  readonly #starting = new Map<string, boolean>();
  /** Of which nothing may be told any more; they may still run, or come from another process. */
  readonly #forgotten = new LRUCache<string, true>({ max: MOST_FORGOTTEN });
  #refusing = false;
  #leaving = false;
  #closing = false;

  constructor(parts: CallsParts) {
    this.#keeper = parts.keeper ?? null;
    this.#findSession = parts.findSession ?? (() => Promise.reject(new SegueError('SESSION_UNKNOWN')));
    this.#written = parts.written ?? (async () => {});
    this.#isElsewhere = parts.isElsewhere ?? (() => false);
    this.#onTaken = parts.onTaken ?? (() => {});
    this.#keeper?.onLost((id) => this.#running.get(id)?.depart());
    this.#keeper?.onAbandoned((call) => void this.#bury(call).catch(() => {}));
    this.#clock = parts.clock;
    this.#prepare = parts.prepare;
    this.#max = parts.max;
    this.#maxText = parts.maxText ?? MOST_TEXT_CALLS;
    this.#overloaded = parts.overloaded ?? (() => false);
    this.#speaks = parts.speaks ?? (() => true);
    this.line = new WaitingLine({ clock: parts.clock, free: () => this.#free });
    this.#onStart = parts.onStart ?? (() => {});
  }

  get size(): number {
    return this.#running.size;
  }

  /** No further call by voice can begin. */
  get full(): boolean {
    return this.#free === 0;
  }

  /** Calls by voice that run or begin, and how far recognition is behind in the worst of them. */
  get voices(): { voices: number; sttBehindMs: number } {
    const spoken = [...this.#running.values()].filter(({ line }) => line !== null);
    return {
      voices: spoken.length + this.#beginning(true),
      sttBehindMs: Math.max(0, ...spoken.map((call) => call.sttBehindMs())),
    };
  }

  get #free(): number {
    return this.#overloaded() ? 0 : Math.max(0, this.#max - this.voices.voices);
  }

  #beginning(voice: boolean): number {
    return [...this.#starting.values()].filter((byVoice) => byVoice === voice).length;
  }

  #hasRoom(sessionId: string, voice: boolean): boolean {
    if (voice) return this.line.admits(sessionId);
    return this.#running.size - this.voices.voices + this.#starting.size < this.#maxText;
  }

  /** Rejects with CALL_IN_PROGRESS, CAPACITY_REACHED, SHUTTING_DOWN or what the media says. */
  async start(session: Session, options: { media: boolean }): Promise<Call> {
    if (this.#refusing || this.#closing) throw new SegueError('SHUTTING_DOWN');
    if (this.#starting.has(session.id) || this.ofSession(session.id) || this.#isElsewhere(session.id))
      throw new SegueError('CALL_IN_PROGRESS');
    if (!this.#hasRoom(session.id, options.media)) throw new SegueError('CAPACITY_REACHED');
    this.#starting.set(session.id, options.media);
    this.line.leave(session.id);
    try {
      const call = new Call(await this.#prepare(session, options));
      this.#run(call);
      if (this.#closing) call.end('shutdown');
      this.#onStart(call);
      return call;
    } finally {
      this.#starting.delete(session.id);
    }
  }

  /**
   * The session's call: running here, or taken over from a process that is gone or gives it up. Null when there is none,
   * when its device is with another process. While it cannot be had here, or nobody knows, it rejects: with
   * SHUTTING_DOWN, NODE_UNREACHABLE, DATABASE_UNAVAILABLE or what the media says.
   */
  resume(sessionId: string, claimant: Claimant = ANYBODY): Promise<Call | null> {
    const running = this.ofSession(sessionId);
    if (running || !this.#keeper) return Promise.resolve(running);
    if (this.#refusing || this.#closing) return this.#refuseElsewhere(this.#keeper, sessionId);
    const under = this.#resuming.get(sessionId);
    if (under && claimant.insists) return under.then((call) => call ?? this.resume(sessionId, claimant));
    const resuming =
      under ??
      this.#takeOver(this.#keeper, sessionId, claimant).finally(() => this.#resuming.delete(sessionId));
    this.#resuming.set(sessionId, resuming);
    return resuming;
  }

  /** As `resume`; null, too, when it takes longer than `limitMs`: then it goes on, and `resuming` tells of it. */
  async resumeSoon(sessionId: string, claimant: Claimant, limitMs: number): Promise<Call | null> {
    const late = Promise.withResolvers<null>();
    const limit = this.#clock.after(limitMs, () => late.resolve(null));
    return await Promise.race([this.resume(sessionId, claimant), late.promise]).finally(() => limit.cancel());
  }

  /** The call of a session that is being taken over; null when none is. */
  resuming(sessionId: string): Promise<Call | null> | null {
    return this.#resuming.get(sessionId) ?? null;
  }

  ofSession(sessionId: string): Call | null {
    for (const call of this.#running.values()) if (call.session.id === sessionId) return call;
    return null;
  }

  /** Which calls run here, and whose. */
  residents(): { callId: string; sessionId: string }[] {
    return [...this.#running.values()].map(({ id, session }) => ({ callId: id, sessionId: session.id }));
  }

  /** Of a running call; null for an unknown one, and for one that was forgotten. One that has ended is in its timeline. */
  summary(id: string): CallSummary | null {
    return this.#forgotten.has(id) ? null : (this.#running.get(id)?.summary() ?? null);
  }

  /** Somebody was erased: of these calls no summary is given any more. */
  forget(ids: readonly string[]): void {
    for (const id of ids) this.#forgotten.set(id, true);
  }

  /** Has the timeline of a running call written. */
  async flush(id: string): Promise<void> {
    await this.#running.get(id)?.flushTimeline();
  }

  /** No call begins any more; those that run go on. */
  refuse(): void {
    this.#refusing = true;
  }

  /** Whether calls begin no more. */
  get refusing(): boolean {
    return this.#refusing;
  }

  /** Lets another process have a call that it asks for, unless the call's device is here. */
  async giveUp(callId: string, { line, insists }: Claimant): Promise<Asked> {
    const call = this.#running.get(callId);
    if (!call || !this.#keeper || this.#keeper.failing) return 'silent';
    if (!insists && !call.isOpenTo(line)) return 'kept';
    await this.#release(this.#keeper, call, { line });
    return 'given';
  }

  /** Another process has taken a call over: here it is let go of, if it still runs. */
  drop(callId: string, line: DeviceLine | null): void {
    this.#running.get(callId)?.depart({ line });
  }

  /** Gives up every call: their devices come back, to this process after its next start or to another one. */
  async leave(): Promise<void> {
    this.#refusing = true;
    const keeper = this.#keeper;
    if (!keeper || keeper.failing) return;
    this.#leaving = true;
    const calls = [...this.#running.values()];
    await Promise.allSettled(calls.map((call) => this.#release(keeper, call, { quietly: true })));
  }

  /** Whether its calls are being given up: nobody should come back to it now. */
  get leaving(): boolean {
    return this.#leaving;
  }

  /** Ends every call. */
  async close(): Promise<void> {
    this.#closing = true;
    this.line.close();
    const calls = [...this.#running.values()];
    for (const call of calls) call.end('shutdown');
    await Promise.all(calls.map((call) => call.flushTimeline()));
  }

  /** What is kept is the call as it is at this moment; after that it is still here. */
  async #release(keeper: CallKeeper, call: Call, options: Parameters<Call['depart']>[0]): Promise<void> {
    const released = keeper.giveUp(call.id, this.#written());
    call.depart(options);
    await Promise.all([released, call.flushTimeline()]);
  }

  /** Nothing comes here any more, but what runs elsewhere is not told to be over. */
  async #refuseElsewhere(keeper: CallKeeper, sessionId: string): Promise<null> {
    if (await keeper.isElsewhere(sessionId)) throw new SegueError('SHUTTING_DOWN');
    return null;
  }

  async #takeOver(keeper: CallKeeper, sessionId: string, claimant: Claimant): Promise<Call | null> {
    const taken = await keeper.takeOver(sessionId, claimant, this.#speaks());
    // It may have begun here meanwhile.
    if (!taken) return this.ofSession(sessionId);
    try {
      // It was asked for before all the others were given up.
      if (this.#leaving || this.#closing) throw new SegueError('SHUTTING_DOWN');
      this.#onTaken(taken.callId, claimant.line);
      return await this.#goOn(taken, taken.checkpoint.voice);
    } catch (error) {
      await keeper.putBack(taken).catch(() => {});
      throw error;
    }
  }

  async #goOn(taken: TakenOver, media: boolean): Promise<Call> {
    const session = await this.#findSession(taken.sessionId);
    const call = new Call(await this.#prepare(session, { media, resumed: taken }));
    this.#run(call, taken.epoch);
    return call;
  }

  /** Nobody has come back to it: it ends as a call whose device does not come back. */
  async #bury(kept: KeptCall): Promise<void> {
    const keeper = this.#keeper;
    // It runs, and only cannot be kept.
    if (this.#running.has(kept.id) || this.#isElsewhere(kept.sessionId)) return;
    const taken = this.#closing ? null : await keeper?.claim(kept);
    if (!keeper || !taken) return;
    const call = await this.#goOn(taken, false).catch(() => null);
    if (call) call.end('disconnected');
    else await keeper.discard(taken);
  }

  #run(call: Call, epoch?: number): void {
    this.#running.set(call.id, call);
    for (const event of ['moved', 'offer'] as const) call.on(event, () => this.#keeper?.touch(call.id));
    call.on('departed', () => this.#running.delete(call.id));
    call.on('ended', () => this.#keep(call));
    this.#keeper?.keep(call, epoch);
  }

  #keep(call: Call): void {
    if (call.line) this.line.ended(call.durationMs, this.voices.voices);
    this.#running.delete(call.id);
    this.#keeper?.end(call.id);
  }
}

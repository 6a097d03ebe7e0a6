import type { Clock } from '../../shared/clock.ts';
import type { CallCheckpoint, Resumed } from './checkpoint.ts';

/** A call of another process that goes on in this one: where it stood, and how long it was nobody's. */
export class Resumption {
  readonly callId: string;
  readonly checkpoint: CallCheckpoint;
  /** Since the call began, when it came here; never less than it was there. */
  readonly elapsedMs: number;
  readonly #clock: Clock;
  readonly #silentSinceMs: number;

  constructor({ callId, checkpoint, silentMs }: Resumed, clock: Clock) {
    this.callId = callId;
    this.checkpoint = checkpoint;
    this.elapsedMs = Math.max(checkpoint.atMs, clock.epochMs() - checkpoint.startedAt);
    this.#clock = clock;
    this.#silentSinceMs = clock.nowMs() - silentMs;
  }

  /** The caller could hear already: they are not greeted again. */
  get wasAnswered(): boolean {
    return this.checkpoint.answered;
  }

  /** How long nothing was heard of the call until now. */
  gapMs(): number {
    return Math.round(this.#clock.nowMs() - this.#silentSinceMs);
  }
}

import type { Clock } from '../../shared/clock.ts';
import type { CallCheckpoint, Resumed, Standing } from './checkpoint.ts';
import type { Line } from './exchangeParts.ts';

/** A call of another process that goes on in this one: where it stood, and how long it was nobody's. */
export class Resumption {
  readonly callId: string;
  readonly checkpoint: CallCheckpoint;
  /** Since the call began, when it came here; never less than it was there. */
  readonly elapsedMs: number;
  /** What came in writing before the device could hear: it waits for its turn, behind what has waited before. */
  readonly written: Line[] = [];
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

  /** A line that waits. */
  write(text: string, id: string): Line {
    const line: Line = { id, speaker: 'caller', text, final: true };
    this.written.push(line);
    return line;
  }

  /** Who has to say something, as long as the device cannot hear. */
  get standing(): Standing {
    const { standing } = this.checkpoint;
    const typed = { alternatives: [] as string[], confidence: 1, channel: 'text' as const };
    const waiting = this.written.map(({ id, text }) => ({ id, text, ...typed }));
    return { ...standing, unanswered: [...standing.unanswered, ...waiting] };
  }

  /** How long nothing was heard of the call until now. */
  gapMs(): number {
    return Math.round(this.#clock.nowMs() - this.#silentSinceMs);
  }
}

import type { Clock } from '../../shared/clock.ts';
import { Emitter } from '../../shared/emitter.ts';
import type { SegueError } from '../../shared/errors.ts';
import type { Player } from '../audio/player.ts';
import type { TtsEngine } from './tts.ts';

/** `id` defaults to a running number of the queue; `speech` is spoken where it differs from the caption `text`. */
export type Utterance = { id?: string; text: string; speech?: string };

export type SpeakOptions = { language: string; voice?: string; rate?: number };

/** What of the speech was heard when it was interrupted. */
export type Interruption = {
  /** Captions of the interrupted `say`, cut at the last word heard; '' for nothing. */
  heardText: string;
  /** How much of the interrupted sentence was played; 0 when none was playing. */
  playedMs: number;
  /** The interrupted sentence, or null when none was playing. */
  sentenceId: string | null;
};

export type SpeechQueueEvents = {
  /** From `say` to its first clip at the player. */
  first: [{ durationMs: number }];
  sentenceStart: [{ id: string; text: string }];
  sentenceEnd: [{ id: string }];
  /** Nothing plays and nothing waits. */
  idle: [];
  /** A sentence could not be spoken; the queue goes on. */
  failed: [{ id: string; text: string; error: SegueError }];
};

/** Speaks sentences in order: synthesises the next one while one plays. */
export class SpeechQueue extends Emitter<SpeechQueueEvents> {
  constructor(_parts: { tts: TtsEngine; player: Player; clock: Clock }) {
    super();
  }

  /** True from `say` until `idle` or `interrupt`. */
  get speaking(): boolean {
    return false;
  }

  /** Queues sentences behind those that wait; resolves when they were spoken, failed or were interrupted. Never rejects. */
  async say(_sentences: readonly Utterance[], _options: SpeakOptions): Promise<void> {}

  /** Silences at once and drops what waits. */
  interrupt(): Interruption {
    return { heardText: '', playedMs: 0, sentenceId: null };
  }

  /** Says what `interrupt` cut off: the interrupted sentence from its start, then the rest. False when there is nothing. */
  resume(): boolean {
    return false;
  }

  close(): void {}
}

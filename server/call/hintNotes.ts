import type { SpeechHint } from '../../shared/events.ts';
import type { TurnDetector } from '../turns/turnDetector.ts';
import type { Timeline } from './timeline.ts';

/** A person begins and stops speaking a few times a minute; a call lasts an hour. */
const MOST_HINTS = 4_000;

/** The way a hint took: the data channel beside the audio, or the socket. */
export type HintPath = 'channel' | 'socket';

/**
 * Notes what the device believes to hear, and has the turn detector know. Each hint comes on both ways; the
 * second one of a kind, one that was overtaken by a later one, and what comes too often in a call are dropped.
 */
export class HintNotes {
  readonly #timeline: Timeline;
  readonly #turns: Pick<TurnDetector, 'deviceHears'> | null;
  #active = false;
  #lastAtMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(timeline: Timeline, turns: Pick<TurnDetector, 'deviceHears'> | null) {
    this.#timeline = timeline;
    this.#turns = turns;
  }

  /** Another device's hints come: its clock is another. */
  restart(): void {
    this.#active = false;
    this.#lastAtMs = Number.NEGATIVE_INFINITY;
    this.#turns?.deviceHears(false);
  }

  /** Whether it is the first of its kind. */
  note({ active, atMs, confidence }: SpeechHint, path: HintPath): boolean {
    if (active === this.#active || atMs <= this.#lastAtMs || this.#count >= MOST_HINTS) return false;
    this.#active = active;
    this.#lastAtMs = atMs;
    this.#count += 1;
    this.#turns?.deviceHears(active);
    this.#timeline.record('caller.hint', { active, atMs, confidence, path });
    return true;
  }
}

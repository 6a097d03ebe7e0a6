import { FRAME_MS } from '../../shared/audio.ts';
import type { Clock, TimerHandle } from '../../shared/clock.ts';

const beats = new WeakMap<Clock, Beat>();

/**
 * One timer of 20 ms for all calls of a clock: to wake the process, and the media worker behind it, costs more than all
 * that a call then does.
 */
export class Beat {
  readonly #clock: Clock;
  readonly #runs = new Set<() => void>();
  #timer: TimerHandle | null = null;

  private constructor(clock: Clock) {
    this.#clock = clock;
  }

  static of(clock: Clock): Beat {
    const beat = beats.get(clock) ?? new Beat(clock);
    beats.set(clock, beat);
    return beat;
  }

  /** Runs with each beat, the first within 20 ms, until it is cancelled. */
  join(run: () => void): TimerHandle {
    let told = false;
    const own = (): void => {
      try {
        run();
      } catch (error) {
        // One call's trouble must not be the others', and fifty lines a second tell no more than one.
        if (!told) process.emitWarning(error as Error);
        told = true;
      }
    };
    this.#runs.add(own);
    this.#timer ??= this.#clock.every(FRAME_MS, () => {
      for (const each of [...this.#runs]) if (this.#runs.has(each)) each();
    });
    return { cancel: () => this.#leave(own) };
  }

  #leave(run: () => void): void {
    this.#runs.delete(run);
    if (this.#runs.size > 0) return;
    this.#timer?.cancel();
    this.#timer = null;
  }
}

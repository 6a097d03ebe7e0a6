import type { Clock, TimerHandle } from '../../shared/clock.ts';

/** How long a caller may think before they are asked; long enough to find an order number. */
const PATIENCE_MS = 9_000;

/** Notices a caller who says nothing after the assistant has stopped. */
export class SilenceWatch {
  readonly #clock: Clock;
  readonly #onSilence: (count: number) => void;
  #timer: TimerHandle | null = null;
  #count = 0;

  constructor(clock: Clock, onSilence: (count: number) => void) {
    this.#clock = clock;
    this.#onSilence = onSilence;
  }

  /** The assistant has stopped and waits for the caller. */
  wait(): void {
    this.pause();
    this.#timer = this.#clock.after(PATIENCE_MS, () => {
      this.#count += 1;
      this.#onSilence(this.#count);
    });
  }

  /** Somebody speaks, or the caller has muted the microphone. */
  pause(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** The caller has said something. */
  heard(): void {
    this.pause();
    this.#count = 0;
  }
}

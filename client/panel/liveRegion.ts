import type { Clock, TimerHandle } from '../../shared/clock.ts';

/** A live region that comes with its text is often not read: the text follows. */
const READ_AFTER_MS = 100;

/** When what stands in the panel's live region is read aloud: not before the region has been there for a moment. */
export class LiveRegion {
  readonly #clock: Clock;
  readonly #onReady: () => void;
  #there = false;
  #ready = false;
  #timer: TimerHandle | null = null;

  constructor(clock: Clock, onReady: () => void) {
    this.#clock = clock;
    this.#onReady = onReady;
  }

  /** Whether it may hold its text. */
  get ready(): boolean {
    return this.#ready;
  }

  /** After each rendering: whether it is there. */
  rendered(there: boolean): void {
    if (there === this.#there) return;
    this.close();
    this.#there = there;
    if (!there) return;
    this.#timer = this.#clock.after(READ_AFTER_MS, () => {
      this.#ready = true;
      this.#onReady();
    });
  }

  close(): void {
    this.#timer?.cancel();
    this.#there = false;
    this.#ready = false;
  }
}

import { SegueError } from '../../shared/errors.ts';

/** One task after the other; a failing one is told and does not stop the next. */
export class Floor {
  readonly #onFailure: (error: SegueError) => void;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(onFailure: (error: SegueError) => void) {
    this.#onFailure = onFailure;
  }

  /** Resolves when all that has taken it so far is over; until then it may be slow, and what comes next is owed already. */
  get free(): Promise<void> {
    return this.#last;
  }

  take(task: () => Promise<void>): void {
    this.#last = this.#last.then(async () => {
      if (this.#closed) return;
      try {
        await task();
      } catch (error) {
        if (!this.#closed) this.#onFailure(SegueError.from(error));
      }
    });
  }

  close(): void {
    this.#closed = true;
  }
}

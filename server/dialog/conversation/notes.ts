import type { Note, Thread } from '../thread.ts';

/** What a turn did, written down when its reply is certain: a turn that is thrown away leaves no trace. */
export class Notes {
  readonly #thread: Thread;
  readonly #held: boolean;
  #waiting: Note[] = [];

  /** `held`: nothing is written down before it is adopted. */
  constructor(thread: Thread, held = false) {
    this.#thread = thread;
    this.#held = held;
  }

  add(note: Note): void {
    this.#waiting.push(note);
  }

  /** Nothing of it can be taken back any more. */
  flush(): void {
    if (this.#held) return;
    for (const note of this.#waiting.splice(0)) this.#thread.note(note);
  }

  /** For a turn that may come to nothing. */
  copy(): Notes {
    return new Notes(this.#thread, true);
  }

  /** The turn counts after all. */
  adopt(copy: Notes): void {
    this.#waiting.push(...copy.#waiting.splice(0));
    this.flush();
  }
}

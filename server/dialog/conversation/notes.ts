import type { Note, Thread } from '../thread.ts';

/** What a turn did, written down when its reply is certain: a turn that is thrown away leaves no trace. */
export class Notes {
  readonly #thread: Thread;
  #waiting: Note[] = [];

  constructor(thread: Thread) {
    this.#thread = thread;
  }

  add(note: Note): void {
    this.#waiting.push(note);
  }

  /** Nothing of it can be taken back any more. */
  flush(): void {
    for (const note of this.#waiting.splice(0)) this.#thread.note(note);
  }
}

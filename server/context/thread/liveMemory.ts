import type { LedgerEvent } from '../../ledger/event.ts';
import { FRESH_MEMORY, type PersonMemory } from '../memory/memory.ts';
import { reduce } from '../memory/reduce.ts';

/** One person's memory in this process, shared by all sessions of the person: what one does, the others know. */
export class LiveMemory {
  /** Null while nothing was recalled, and when it was erased. */
  memory: PersonMemory | null = null;
  #erased = false;
  /** What happened while the past was being read. */
  #meanwhile: LedgerEvent[] = [];
  #recalling: Promise<void> | null = null;

  /** Reads the past, once at a time. Rejects when it cannot be read; what was known before stays. */
  async recall(read: () => Promise<PersonMemory>): Promise<PersonMemory | null> {
    this.#recalling ??= read()
      .then((past) => {
        if (!this.#erased) this.memory = this.#meanwhile.reduce(reduce, past);
      })
      .finally(() => {
        this.#meanwhile = [];
        this.#recalling = null;
      });
    await this.#recalling;
    return this.memory;
  }

  /** Something happened just now. */
  add(event: LedgerEvent): void {
    if (this.#erased) return;
    if (this.#recalling) this.#meanwhile.push(event);
    if (this.memory) this.memory = reduce(this.memory, event);
  }

  /** Nobody was here before. */
  beginEmpty(): void {
    if (!this.#erased) this.memory ??= FRESH_MEMORY;
  }

  /** Nothing is remembered of this person any more, nor from now on. */
  erase(): void {
    this.#erased = true;
    this.memory = null;
    this.#meanwhile = [];
  }
}

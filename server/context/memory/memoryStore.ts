import type { PersonMemory } from './memory.ts';

/** A memory, and the place in the ledger up to which it was drawn. */
export type KeptMemory = { site: string; personId: string; seq: number; memory: PersonMemory };

/**
 * Port: where memories are kept. They can be drawn anew from the ledger at any time. Every method rejects with
 * DATABASE_UNAVAILABLE while the database is gone.
 */
export type MemoryStore = {
  /** Those that are there; nothing of the others. */
  load(people: readonly string[]): Promise<KeptMemory[]>;
  /** How far all memories were drawn; 0 when they are to be drawn anew, by whatever version of the rules. */
  place(version: number): Promise<number>;
  /** Keeps memories and moves the place on, together. False when somebody else has moved it: nothing was kept. */
  keep(memories: readonly KeptMemory[], from: number, to: number, version: number): Promise<boolean>;
  /** Throws all memories away. */
  clear(version: number): Promise<void>;
  forget(people: readonly string[]): Promise<void>;
};

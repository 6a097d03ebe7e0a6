import type { IntentExamples, Understanding } from '../nlu.ts';

/** Messages between the engine and its worker thread. */
export type Training = { intents: readonly IntentExamples[]; language: string };
export type Question = { id: number; texts: readonly string[] };
export type Answer =
  | { kind: 'trained' }
  | { kind: 'failed'; reason: string }
  | { kind: 'understood'; id: number; understanding: Understanding };

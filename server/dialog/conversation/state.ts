import type { Reply, Sentence } from '../policy.ts';
import type { HeardPart } from './heardPart.ts';
import type { Question } from './question.ts';
import type { Manner } from './replying.ts';

/** Where a conversation stands between two turns. */
export type ConversationState = {
  /** What the assistant waits for. */
  question: Question | null;
  /** The question as it was asked. */
  asking: Sentence[];
  lastReply: Reply | null;
  /** What of the last reply was heard, when it was interrupted. */
  heardPart: HeardPart | null;
  /** Turns in a row that led nowhere. */
  failures: number;
  /** Times in a row that a system behind did not answer. */
  retries: number;
  manner: Manner;
  /** Whether it is known how the person likes to be spoken to. */
  mannerKnown: boolean;
  callerHasSpoken: boolean;
};

export function freshState(): ConversationState {
  return {
    question: null,
    asking: [],
    lastReply: null,
    heardPart: null,
    failures: 0,
    retries: 0,
    manner: { rate: 1, gain: 1, writes: false },
    mannerKnown: false,
    callerHasSpoken: false,
  };
}

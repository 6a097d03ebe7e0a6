import type { Reply, Sentence } from '../policy.ts';
import type { Question } from './question.ts';

/** A reply in the making. */
export type Draft = {
  /** What is said before the question. */
  sentences: Sentence[];
  /** The question as it is asked; asked again when it was not heard. */
  asking: Sentence[];
  question: Question | null;
  intent: string | null;
  /** What follows the sentences; absent: the call listens. */
  follow?: Reply['next'];
  handoff?: NonNullable<Reply['handoff']>;
  /** Another way to answer is offered, a colleague among them. */
  offersHelp?: boolean;
  /** To be called back is offered, where the site does that. */
  offersCallBack?: boolean;
};

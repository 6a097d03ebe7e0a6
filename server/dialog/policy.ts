import type { InputOffer } from '../../shared/events.ts';
import type { Facts, PageEvent } from '../../shared/facts.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { Subject } from '../records/connector.ts';
import type { Expectation } from '../turns/expectation.ts';
import type { Verifier } from '../verification/verifier.ts';
import type { Thread } from './thread.ts';

/** Dialog policy port: playbooks are one implementation, a language model can be another. */

/** Live view of the session; the policy reads it anew at every turn. */
export type SessionView = {
  readonly siteName: string;
  readonly language: string;
  readonly subject: Subject;
  /** Lets a caller prove who they are; absent: a proven identity is all there is. */
  readonly verifier?: Verifier | null;
  /** Current facts; for a name that several sources tell, the most trusted one (signed, caller, page, inferred). */
  facts(): Facts;
  events(): readonly PageEvent[];
};

/** A piece of a reply that is spoken as one sentence. */
export type Sentence = {
  /** As shown in the captions: "Order 10427 …". */
  text: string;
  /** As spoken when it differs: "order 1 0, 4 2 7 …". */
  speech?: string;
};

export type Reply = {
  sentences: Sentence[];
  /** The intent this turn was understood as; null for none. */
  intent: string | null;
  expects: Expectation;
  /** Another way to answer, offered beside the question. */
  offer: InputOffer | null;
  /** Speed of speech; 1 is normal, 0.8 slower. */
  rate?: number;
  /** What happens when the sentences are spoken. */
  next: 'listen' | 'hangUp' | 'handoff';
  /** Why a human is needed, and what they should know, with `next: 'handoff'`. */
  handoff?: { reason: string; summary: string };
  /** How loud to speak from now on, 1 being normal; absent: 1. */
  gain?: number;
  /** The language of the sentences when it is not the session's. */
  language?: string;
};

export type CallerTurn = {
  text: string;
  /** Other readings of the same audio, best first. */
  alternatives: string[];
  /** 0…1; 1 for typed text. */
  confidence: number;
  channel: 'voice' | 'text';
};

/** A reply that was worked out before it is certain that the caller has finished. Nothing has been changed by it. */
export type Prepared = {
  /** What it would be; null when nothing could be prepared. Never rejects. */
  reply: Promise<Reply | null>;
  /** The reply takes effect as `respond` would have. Null: respond in its place, for it acts, or things have changed. */
  commit(): Promise<Reply | null>;
  discard(): void;
};

/** Where a call stood when its process was lost. */
export type Break = {
  /** What of the last reply was heard; null when it was said to its end. */
  heardText: string | null;
  /** The caller was speaking, and nobody heard what. */
  callerSpoke: boolean;
};

export type Conversation = {
  /** The first words of the call, from what the session knows now. */
  greet(): Promise<Reply>;
  respond(turn: CallerTurn): Promise<Reply>;
  /** Works out the reply to what may be the whole turn; look-ups may be made, nothing is done. */
  prepare?(turn: CallerTurn): Prepared;
  /** The caller said nothing for a while after a question. `count` = times in a row, from 1. */
  silence(count: number): Promise<Reply>;
  /**
   * Something changed in the session while nobody spoke (a failed payment on the page). Null: nothing worth saying.
   */
  contextChanged(): Promise<Reply | null>;
  /** What of the last reply was heard when the caller interrupted it; '' for nothing. */
  interrupted(heardText: string): void;
  /** All that the conversation needs to go on elsewhere, between two turns: of one that is being answered, from before. */
  snapshot(): JsonObject;
  /** The first words after a break: what was not heard is said, what was asked is asked again. */
  resume(from: Break): Promise<Reply>;
  /** Ways for the caller to go on that this site has beside the voice; absent: writing. */
  ways?(): InputOffer['kinds'];
  /** What is spoken while a look-up takes long, or null when there is nothing to say. */
  onWaiting(listener: (sentence: Sentence) => void): void;
  close(): void;
};

export type Policy = {
  readonly name: string;
  /** Words that callers are likely to say here, for recognisers that can use them. */
  readonly phrases: readonly string[];
  /** Whether a caller can ask to be called back. */
  readonly callsBack?: boolean;
  /**
   * `thread` joins the conversation with the person's others; without it nothing is remembered. `restored`: the snapshot
   * of a conversation that goes on; one that cannot be read begins afresh.
   */
  open(session: SessionView, thread?: Thread, restored?: JsonObject): Conversation;
  close(): Promise<void>;
};

import { LRUCache } from 'lru-cache';
import type { MessageChannel } from '../../shared/schemas.ts';
import type { Conversation, Reply } from '../dialog/policy.ts';
import { fitReply, written } from './channelReply.ts';

/** One conversation by messages, and where it is written down. */
export type MessageContact = {
  readonly id: string;
  readonly language: string;
  readonly conversation: Conversation;
  /** Returns at once. */
  heard(text: string): void;
  said(reply: Reply, text: string): void;
  ended(reason: 'closed' | 'caller' | 'handoff'): void;
};

export type Answer = {
  contactId: string;
  text: string;
  intent: string | null;
  language: string;
  next: Reply['next'];
};

/** Deliveries are repeated within minutes; so many answers of a thread are kept for them. */
const KEPT_ANSWERS = 50;

/** The messages of one person on one channel, answered in the order in which they came. */
export class MessageThread {
  readonly #channel: MessageChannel;
  readonly #contact: MessageContact;
  readonly #answers = new LRUCache<string, Promise<Answer>>({ max: KEPT_ANSWERS });
  #greeted: Promise<Reply> | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(channel: MessageChannel, contact: MessageContact) {
    this.#channel = channel;
    this.#contact = contact;
  }

  /** Whether nothing more can be said in it. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Answers a message; `id` answered before gives the same answer. An empty text opens the thread with a greeting. */
  receive(text: string, id?: string): Promise<Answer> {
    const known = id === undefined ? undefined : this.#answers.get(id);
    if (known) return known;
    const answer = this.#queue.then(() => this.#answer(written(this.#channel, text)));
    this.#queue = answer.catch(() => undefined);
    if (id !== undefined) this.#answers.set(id, answer);
    return answer;
  }

  close(reason: 'closed' | 'caller' | 'handoff' = 'closed'): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#contact.ended(reason);
    this.#contact.conversation.close();
  }

  async #answer(text: string): Promise<Answer> {
    const { conversation } = this.#contact;
    // What is open from before is on the table, so that a first message can answer it.
    this.#greeted ??= conversation.greet();
    const greeting = await this.#greeted;
    if (text === '') return this.#say(greeting);
    this.#contact.heard(text);
    return this.#say(await conversation.respond({ text, alternatives: [], confidence: 1, channel: 'text' }));
  }

  #say(reply: Reply): Answer {
    const text = fitReply(this.#channel, reply);
    this.#contact.said(reply, text);
    if (reply.next === 'handoff') this.close('handoff');
    else if (reply.next === 'hangUp') this.close('caller');
    const { id: contactId, language } = this.#contact;
    return {
      contactId,
      text,
      intent: reply.intent,
      language: reply.language ?? language,
      next: reply.next,
    };
  }
}

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
  /** Resolves when what was heard and said is durable, or late; never rejects. */
  written(): Promise<void>;
  ended(reason: EndOfThread): void;
};

export type EndOfThread = 'closed' | 'caller' | 'handoff';

export type Answer = {
  contactId: string;
  text: string;
  intent: string | null;
  language: string;
  next: Reply['next'];
};

/** The messages of one person on one channel, answered in the order in which they came. */
export class MessageThread {
  readonly #channel: MessageChannel;
  readonly #contact: MessageContact;
  #greeting: Reply | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;
  #ended = false;

  constructor(channel: MessageChannel, contact: MessageContact) {
    this.#channel = channel;
    this.#contact = contact;
  }

  /** Whether nothing more can be said in it. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Answers a message; null when the thread was over before it came to that. An empty text opens it with a greeting.
   * Rejects when the conversation does; the next message is answered all the same.
   */
  receive(text: string): Promise<Answer | null> {
    const answer = this.#queue.then(() => (this.#closed ? null : this.#answer(written(this.#channel, text))));
    this.#queue = answer.catch(() => undefined);
    return answer;
  }

  /** Takes no more messages; what is being answered is answered first. */
  finish(reason: EndOfThread): void {
    this.#closed = true;
    this.#queue = this.#queue.then(() => this.#end(reason)).catch(() => undefined);
  }

  /** Ends at once. */
  close(): void {
    this.#closed = true;
    this.#end('closed');
  }

  #end(reason: EndOfThread): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#contact.ended(reason);
    this.#contact.conversation.close();
  }

  async #answer(text: string): Promise<Answer> {
    const { conversation } = this.#contact;
    // What is open from before is on the table, so that a first message can answer it.
    this.#greeting ??= await conversation.greet();
    if (text === '') return await this.#say(this.#greeting);
    this.#contact.heard(text);
    const reply = await conversation.respond({ text, alternatives: [], confidence: 1, channel: 'text' });
    return await this.#say(reply);
  }

  async #say(reply: Reply): Promise<Answer> {
    const text = fitReply(this.#channel, reply);
    this.#contact.said(reply, text);
    if (reply.next === 'handoff') this.finish('handoff');
    else if (reply.next === 'hangUp') this.finish('caller');
    // What is answered is kept, whatever happens to this process.
    await this.#contact.written();
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

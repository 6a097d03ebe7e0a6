import { LRUCache } from 'lru-cache';
import type { Clock, TimerHandle } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import type { MessageChannel } from '../../shared/schemas.ts';
import type { Session } from '../context/session.ts';
import { type Answer, type MessageContact, MessageThread } from './messageThread.ts';

/** A thread that is silent for so long is closed; what was open in it is remembered and goes on in the next contact. */
const IDLE_MS: Readonly<Record<MessageChannel, number>> = {
  chat: 30 * 60_000,
  message: 60 * 60_000,
  email: 60 * 60_000,
};
const SWEEP_MS = 60_000;
const MOST_THREADS = 10_000;
/** Deliveries are repeated within minutes; so many answers are kept for them, those of threads that are over included. */
const KEPT_ANSWERS = 10_000;

/** `sender`: whom the site named as the one who writes, null for nobody: each has a thread of their own. */
export type ThreadKey = { site: string; channel: MessageChannel; thread: string; sender: string | null };

export type MessageThreadsParts = {
  clock: Clock;
  /** Begins a contact of a session: whoever it is, with all that is remembered of them. */
  open: (session: Session, channel: MessageChannel) => Promise<MessageContact>;
};

/** A session whose visitor goes on in a call. */
export type Continued = { site: string; sessionId: string; customerId: string | null };

type Running = { thread: Promise<MessageThread>; session: Session; key: ThreadKey; usedMs: number };

/** The threads of messages that go on at the moment. */
export class MessageThreads {
  readonly #clock: Clock;
  readonly #open: MessageThreadsParts['open'];
  readonly #sweeper: TimerHandle;
  readonly #running = new Map<string, Running>();
  readonly #answers = new LRUCache<string, Promise<Answer>>({ max: KEPT_ANSWERS });
  #closed = false;

  constructor({ clock, open }: MessageThreadsParts) {
    this.#clock = clock;
    this.#open = open;
    this.#sweeper = clock.every(SWEEP_MS, () => this.#sweep());
  }

  /** The session of a running thread; null when there is none. */
  sessionOf(key: ThreadKey): Session | null {
    return this.#running.get(nameOf(key))?.session ?? null;
  }

  /** Throws CAPACITY_REACHED when a thread that does not go on could not begin. */
  makeRoom(key: ThreadKey): void {
    if (!this.#running.has(nameOf(key)) && this.#running.size >= MOST_THREADS)
      throw new SegueError('CAPACITY_REACHED');
  }

  /** An `id` that was answered before gives the same answer; one that failed is tried again. */
  receive(
    key: ThreadKey,
    session: Session,
    { text, id }: { text: string; id?: string | undefined },
  ): Promise<Answer> {
    if (id === undefined) return this.#answer(key, session, text);
    const delivery = JSON.stringify([nameOf(key), id]);
    const known = this.#answers.get(delivery);
    if (known) return known;
    const answer = this.#answer(key, session, text);
    this.#answers.set(delivery, answer);
    answer.catch(() => this.#answers.delete(delivery));
    return answer;
  }

  /** The person goes on elsewhere, by voice say: what is open here is taken up there, and read anew when they come back. */
  closeOf(contact: Continued): void {
    for (const [name, { session: its, thread }] of this.#running) {
      const same = its.id === contact.sessionId || sameCustomer(its, contact);
      if (!same) continue;
      this.#running.delete(name);
      finish(thread);
    }
  }

  close(): void {
    this.#closed = true;
    this.#sweeper.cancel();
    for (const { thread } of this.#running.values()) void thread.then((one) => one.close()).catch(() => {});
    this.#running.clear();
  }

  async #answer(key: ThreadKey, session: Session, text: string): Promise<Answer> {
    if (this.#closed) throw new SegueError('SHUTTING_DOWN');
    const running = this.#of(key, session);
    running.usedMs = this.#clock.nowMs();
    session.touch();
    const thread = await running.thread;
    const answer = await thread.receive(text);
    if (thread.closed) this.#drop(running);
    // It was over before this message's turn came: the next thread answers it.
    return answer ?? (await this.#answer(key, session, text));
  }

  #of(key: ThreadKey, session: Session): Running {
    const name = nameOf(key);
    const known = this.#running.get(name);
    if (known && known.session === session) return known;
    this.makeRoom(key);
    if (known) finish(known.thread);
    const thread = this.#open(session, key.channel).then(
      (contact) => new MessageThread(key.channel, contact),
    );
    const running = { thread, session, key, usedMs: this.#clock.nowMs() };
    this.#running.set(name, running);
    thread.catch(() => this.#drop(running));
    return running;
  }

  #drop(running: Running): void {
    const name = nameOf(running.key);
    if (this.#running.get(name) === running) this.#running.delete(name);
  }

  #sweep(): void {
    const nowMs = this.#clock.nowMs();
    for (const [name, { thread, key, usedMs }] of this.#running) {
      if (nowMs - usedMs <= IDLE_MS[key.channel]) continue;
      this.#running.delete(name);
      finish(thread);
    }
  }
}

function finish(thread: Promise<MessageThread>): void {
  void thread.then((one) => one.finish('closed')).catch(() => {});
}

function nameOf({ site, channel, thread, sender }: ThreadKey): string {
  return JSON.stringify([site, channel, thread, sender]);
}

function sameCustomer({ subject, siteKey }: Session, { site, customerId }: Continued): boolean {
  return customerId !== null && siteKey === site && customerId === subject.customerId;
}

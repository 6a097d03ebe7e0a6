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

export type ThreadKey = { site: string; channel: MessageChannel; thread: string };

export type MessageThreadsParts = {
  clock: Clock;
  /** Begins a contact of a session: whoever it is, with all that is remembered of them. */
  open: (session: Session, channel: MessageChannel) => Promise<MessageContact>;
};

type Running = { thread: Promise<MessageThread>; session: Session; key: ThreadKey; usedMs: number };

/** The threads of messages that go on at the moment. */
export class MessageThreads {
  readonly #clock: Clock;
  readonly #open: MessageThreadsParts['open'];
  readonly #sweeper: TimerHandle;
  readonly #running = new Map<string, Running>();

  constructor({ clock, open }: MessageThreadsParts) {
    this.#clock = clock;
    this.#open = open;
    this.#sweeper = clock.every(SWEEP_MS, () => this.#sweep());
  }

  /** The session of a running thread; null when there is none. */
  sessionOf(key: ThreadKey): Session | null {
    return this.#running.get(nameOf(key))?.session ?? null;
  }

  /** Rejects with CAPACITY_REACHED. */
  async receive(
    key: ThreadKey,
    session: Session,
    message: { text: string; id?: string | undefined },
  ): Promise<Answer> {
    const running = this.#of(key, session);
    running.usedMs = this.#clock.nowMs();
    session.touch();
    const thread = await running.thread;
    const answer = await thread.receive(message.text, message.id);
    if (thread.closed && this.#running.get(nameOf(key)) === running) this.#running.delete(nameOf(key));
    return answer;
  }

  /** The person goes on elsewhere, by voice say: what is open here is taken up there, and read anew when they come back. */
  closeOf(session: Session): void {
    for (const [name, { session: its, thread }] of this.#running) {
      const same = its.id === session.id || sameCustomer(its, session);
      if (!same) continue;
      this.#running.delete(name);
      void thread.then((one) => one.close()).catch(() => {});
    }
  }

  close(): void {
    this.#sweeper.cancel();
    for (const { thread } of this.#running.values()) void thread.then((one) => one.close()).catch(() => {});
    this.#running.clear();
  }

  #of(key: ThreadKey, session: Session): Running {
    const name = nameOf(key);
    const known = this.#running.get(name);
    if (known && known.session === session) return known;
    void known?.thread.then((one) => one.close()).catch(() => {});
    if (!known && this.#running.size >= MOST_THREADS) throw new SegueError('CAPACITY_REACHED');
    const thread = this.#open(session, key.channel).then(
      (contact) => new MessageThread(key.channel, contact),
    );
    const running = { thread, session, key, usedMs: this.#clock.nowMs() };
    this.#running.set(name, running);
    thread.catch(() => this.#running.delete(name));
    return running;
  }

  #sweep(): void {
    const nowMs = this.#clock.nowMs();
    for (const [name, { thread, key, usedMs }] of this.#running) {
      if (nowMs - usedMs <= IDLE_MS[key.channel]) continue;
      this.#running.delete(name);
      void thread.then((one) => one.close()).catch(() => {});
    }
  }
}

function nameOf({ site, channel, thread }: ThreadKey): string {
  return JSON.stringify([site, channel, thread]);
}

function sameCustomer(one: Session, other: Session): boolean {
  const { customerId } = one.subject;
  return customerId !== null && one.siteKey === other.siteKey && customerId === other.subject.customerId;
}

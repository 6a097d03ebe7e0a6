import type { Transcript } from '../../shared/events.ts';
import { isRunningCall, type RunningCall } from './runningCall.ts';

/** What a tab tells the others of its call. */
export type TabCall = { call: RunningCall; lines: readonly Transcript[] };

/** From which page it comes: elements of one page are apart. */
type Sent = { from: number };
type Message = { type: 'who' } | ({ type: 'here' } & TabCall) | { type: 'left' } | { type: 'gone' };

export type CallTabsEvents = {
  /** This tab's call; null when it has none. */
  own: () => TabCall | null;
  /** Another tab's call, told whenever it changes; null: it is over, or its tab is gone. */
  onElsewhere: (call: TabCall | null) => void;
  /** The tab that had the call has left, and no page of it has come for the call. */
  onOrphaned: () => void;
};

/** The page before gives its place up within this time; a tab that neither does nor answers is asleep with the call. */
const OWNER_LEAVES_MS = 5_000;
/** A tab that has left may be on its way to the next page; the server waits for about as long. */
const BACK_WITHIN_MS = 15_000;
/** The next page of the same tab is there by then, as a rule. */
const ORPHANED_AFTER_MS = 2_000;
const TELL_PERIOD_MS = 250;
/** Who has the call answers at once, also from the background. */
const ANSWERED_WITHIN_MS = 1_000;

/**
 * The tabs of one site and which of them has the call: it tells the others over a channel, and holds a lock, so that a
 * duplicated tab does not take the call along. Where browsers have neither, the server decides alone.
 */
export class CallTabs {
  readonly #key: string;
  readonly #events: CallTabsEvents;
  #channel: BroadcastChannel | null = null;
  #unlock: () => void = () => {};
  #watching: AbortController | null = null;
  #onAnswer: () => void = () => {};
  #telling: ReturnType<typeof setTimeout> | undefined;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #orphaned: ReturnType<typeof setTimeout> | undefined;

  constructor(key: string, events: CallTabsEvents) {
    this.#key = key;
    this.#events = events;
    this.open();
  }

  /** Opened again after `close`, as a page is that was kept. */
  open(): void {
    if (this.#channel) return;
    try {
      this.#channel = new BroadcastChannel(this.#key);
    } catch {
      // There is none, or a browser that keeps nothing for this site forbids it.
      return;
    }
    this.#channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const message = othersMessage(data);
      if (message) this.#hear(message);
    });
  }

  /** Whether there is a call in another tab: answered by `onElsewhere`, by null when nobody says so. */
  ask(): void {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.#events.onElsewhere(null), ANSWERED_WITHIN_MS);
    this.#post({ type: 'who' });
  }

  /**
   * Whether this tab may have the call: not while another one says that it has it. `take`: it takes it from whoever has
   * it.
   */
  claim(take: boolean): Promise<boolean> {
    this.#unlock();
    const { locks } = navigator as { locks?: LockManager };
    if (!locks) return Promise.resolve(true);
    const asking = new AbortController();
    const how: LockOptions = take ? { steal: true } : { signal: asking.signal };
    if (!take) {
      this.#onAnswer = () => asking.abort();
      setTimeout(this.#onAnswer, OWNER_LEAVES_MS);
      this.ask();
    }
    return new Promise((resolve) => {
      const held = () => {
        this.#onAnswer = () => {};
        resolve(true);
        return new Promise<void>((unlock) => {
          this.#unlock = unlock;
        });
      };
      locks.request(this.#key, how, held).catch(() => resolve(false));
    });
  }

  /** This tab's call has changed. Told soon, and not more often than anybody can read. */
  tell(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.#answer();
    }, TELL_PERIOD_MS);
  }

  /** This tab has no call any more: it is over (`gone`), or goes on with another page. */
  release(how: 'gone' | 'left'): void {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    this.#unlock();
    this.#unlock = () => {};
    this.#post({ type: how });
  }

  close(): void {
    clearTimeout(this.#telling);
    clearTimeout(this.#waiting);
    clearTimeout(this.#orphaned);
    this.#watching?.abort();
    this.#watching = null;
    this.#telling = undefined;
    this.#unlock();
    this.#channel?.close();
    this.#channel = null;
  }

  #hear(message: Message): void {
    if (message.type === 'who') {
      this.#answer();
      return;
    }
    clearTimeout(this.#waiting);
    clearTimeout(this.#orphaned);
    if (message.type === 'here') {
      this.#onAnswer();
      this.#watchOwner();
      this.#events.onElsewhere(message);
    } else if (message.type === 'gone') this.#events.onElsewhere(null);
    else this.#ownerLeft();
  }

  /** A tab that crashes says nothing, but its lock is free then. */
  #watchOwner(): void {
    const { locks } = navigator as { locks?: LockManager };
    if (!locks || this.#watching) return;
    this.#watching = new AbortController();
    const { signal } = this.#watching;
    const free = () => {
      this.#watching = null;
      this.#ownerLeft();
    };
    locks.request(this.#key, { mode: 'shared', signal }, free).catch(() => {});
  }

  #ownerLeft(): void {
    clearTimeout(this.#waiting);
    clearTimeout(this.#orphaned);
    this.#orphaned = setTimeout(this.#events.onOrphaned, ORPHANED_AFTER_MS);
    this.#waiting = setTimeout(() => this.#events.onElsewhere(null), BACK_WITHIN_MS);
  }

  #answer(): void {
    const own = this.#events.own();
    if (own) this.#post({ type: 'here', ...own });
  }

  #post(message: Message): void {
    this.#channel?.postMessage({ ...message, from: performance.timeOrigin });
  }
}

/** Null for this page's own, and for what a tab says that has another version of this. */
function othersMessage(data: unknown): Message | null {
  const { from, type, call, lines } = (data ?? {}) as { [Key in keyof (Sent & TabCall) | 'type']?: unknown };
  if (from === performance.timeOrigin) return null;
  if (type === 'here') return isRunningCall(call) && Array.isArray(lines) ? { type, call, lines } : null;
  return type === 'who' || type === 'left' || type === 'gone' ? { type } : null;
}

import type { Clock, TimerHandle } from '../../shared/clock.ts';
import { Emitter } from '../../shared/emitter.ts';
import { SegueError } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { OutboxEnd, OutboxEntry, OutboxStore } from '../storage/outboxStore.ts';
import { BadAnswer } from './badAnswer.ts';
import type { ConnectorRequest } from './connector.ts';

export type OutboxOptions = {
  store: OutboxStore;
  /** Attempts an action at its system; the same key never takes effect twice there. */
  perform: (siteKey: string, request: ConnectorRequest) => Promise<JsonObject>;
  clock: Clock;
  /** Told that the store does not work; actions are then attempted without being stored. */
  onTrouble?: (error: unknown) => void;
};

export type Action = Required<Pick<ConnectorRequest, 'operation' | 'args' | 'subject' | 'idempotencyKey'>>;

export type Submitted = Exclude<OutboxEnd, { state: 'dead' }> | { state: 'deferred' };

/** An action that is noted and not done, as the customer's call may see it. */
export type PendingAction = { operation: string; args: JsonObject; notedAtMs: number };

export type OutboxEvents = {
  /** An action has ended; `late`: after its caller was told that it is noted. */
  ended: [end: { entry: OutboxEntry; state: 'done' | 'refused' | 'dead'; late: boolean }];
};

/** How long a call waits for the true result. */
export const ANSWER_LIMIT_MS = 2_000;
/** An attempt that takes longer has failed; a lease is longer, so that nobody else attempts it meanwhile. */
const ATTEMPT_LIMIT_MS = 30_000;
const LEASE_MS = 60_000;
const POLL_MS = 1_000;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 300_000;
/** What has not worked for a day, or was answered with nonsense so often, never will. */
const GIVE_UP_MS = 86_400_000;
const MAX_BAD_ANSWERS = 5;
const MAX_WAITING_PER_CUSTOMER = 50;
/** Actions that are attempted at a time, of those that have waited. */
const MAX_LANES = 1_000;
/** What waits is read in pages, one a poll. */
const PAGE = 1_000;
const KEEP_ENDED_MS = 30 * 86_400_000;
const PURGE_EVERY_MS = 3_600_000;

/**
 * Actions that take effect once, whatever happens: each is stored before it is attempted, attempted until it is done,
 * refused or given up, always with the same idempotency key, and never before an earlier one of the same customer.
 */
export class Outbox extends Emitter<OutboxEvents> {
  readonly #store: OutboxStore;
  readonly #perform: OutboxOptions['perform'];
  readonly #clock: Clock;
  readonly #onTrouble: (error: unknown) => void;
  readonly #timers: TimerHandle[];
  readonly #closing = new AbortController();
  /** Lanes that are worked on; true when something came meanwhile. */
  readonly #lanes = new Map<string, { again: boolean; done: Promise<void> }>();
  readonly #waiters = new Map<string, (submitted: Submitted) => void>();
  readonly #waiting = new Map<string, OutboxEntry>();
  /** How far what waits was read, what was known before and what was found since. */
  #round = { afterSeq: 0, known: new Set<string>(), found: new Set<string>() };
  #polling: Promise<void> | null = null;

  constructor({ store, perform, clock, onTrouble }: OutboxOptions) {
    super();
    this.#store = store;
    this.#perform = perform;
    this.#clock = clock;
    this.#onTrouble = onTrouble ?? (() => {});
    this.#timers = [
      clock.every(POLL_MS, () => void this.poll()),
      clock.every(PURGE_EVERY_MS, () => void this.#purge()),
    ];
  }

  /** How many actions wait, as far as this process knows. */
  get size(): number {
    return this.#waiting.size;
  }

  /**
   * Stores an action and attempts it. Answers its end, or `deferred` when there is none within two seconds.
   * Rejects with CONNECTOR_FAILED when it could be neither stored nor done.
   */
  async submit(siteKey: string, action: Action): Promise<Submitted> {
    const { operation, args, subject, idempotencyKey } = action;
    const { customerId } = subject;
    if (customerId !== null && this.pendingOf(siteKey, customerId).length >= MAX_WAITING_PER_CUSTOMER) {
      throw new SegueError('CONNECTOR_FAILED', 'too many actions of this customer wait already');
    }
    const lane = JSON.stringify([siteKey, customerId ?? { key: idempotencyKey }]);
    const notedAtMs = this.#clock.epochMs();
    let entry: OutboxEntry;
    try {
      entry = await this.#store.add({
        siteKey,
        idempotencyKey,
        lane,
        operation,
        args,
        customerId,
        notedAtMs,
      });
    } catch (error) {
      this.#onTrouble(error);
      return this.#attemptUnstored(siteKey, action);
    }
    if (entry.state !== 'waiting') return submittedFrom(entry);
    const key = keyOf(entry);
    this.#waiting.set(key, entry);
    return new Promise((resolve) => {
      const settle = (submitted: Submitted) => {
        limit.cancel();
        if (this.#waiters.get(key) === settle) this.#waiters.delete(key);
        resolve(submitted);
      };
      const limit = this.#clock.after(ANSWER_LIMIT_MS, () => settle({ state: 'deferred' }));
      // The same action again, while it is under way: whoever asked first is told that it is noted.
      this.#waiters.get(key)?.({ state: 'deferred' });
      this.#waiters.set(key, settle);
      this.#work(lane);
    });
  }

  /** What is noted for a customer and not done, oldest first. */
  pendingOf(siteKey: string, customerId: string): PendingAction[] {
    return [...this.#waiting.values()]
      .filter((entry) => entry.siteKey === siteKey && entry.customerId === customerId)
      .map(({ operation, args, notedAtMs }) => ({ operation, args, notedAtMs }));
  }

  /** Looks for actions that are due, of this process and of others that have died. */
  poll(): Promise<void> {
    this.#polling ??= this.#look().finally(() => {
      this.#polling = null;
    });
    return this.#polling;
  }

  /** Removes all of one customer, what waits included. */
  async erase(siteKey: string, customerId: string): Promise<number> {
    for (const [key, entry] of this.#waiting) {
      if (entry.siteKey === siteKey && entry.customerId === customerId) this.#waiting.delete(key);
    }
    return this.#store.erase(siteKey, customerId);
  }

  /** Attempts under way are given up; what they were about is attempted again by the next process. */
  async close(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    this.#closing.abort();
    for (const waiter of [...this.#waiters.values()]) waiter({ state: 'deferred' });
    await Promise.allSettled([this.#polling, ...[...this.#lanes.values()].map(({ done }) => done)]);
    this.removeAllListeners();
  }

  async #attemptUnstored(siteKey: string, action: Action): Promise<Submitted> {
    try {
      return { state: 'done', answer: await this.#attempt(siteKey, action) };
    } catch (thrown) {
      const error = SegueError.from(thrown);
      if (error.code === 'CONNECTOR_REFUSED') return { state: 'refused', reason: error.detail ?? '' };
      throw error;
    }
  }

  async #look(): Promise<void> {
    try {
      await this.#readPage();
      const lanes = MAX_LANES - this.#lanes.size;
      if (lanes <= 0 || this.#closing.signal.aborted) return;
      for (const lane of await this.#store.due(this.#clock.epochMs(), lanes)) this.#work(lane);
    } catch (error) {
      this.#onTrouble(error);
    }
  }

  async #readPage(): Promise<void> {
    const known = new Set(this.#waiting.keys());
    if (this.#round.afterSeq === 0) this.#round = { afterSeq: 0, known, found: new Set() };
    const { afterSeq, found } = this.#round;
    const entries = await this.#store.waiting(PAGE, afterSeq);
    if (this.#closing.signal.aborted) return;
    for (const entry of entries) {
      const key = keyOf(entry);
      found.add(key);
      // What ended here while the store was asked is in its answer still.
      if (this.#waiting.has(key) || !known.has(key)) this.#waiting.set(key, entry);
    }
    this.#round.afterSeq = entries.length < PAGE ? 0 : (entries.at(-1)?.seq ?? 0);
    if (this.#round.afterSeq > 0) return;
    // Others have ended what was found on no page; what was added meanwhile may be behind the last one.
    for (const key of this.#round.known) if (!found.has(key)) this.#waiting.delete(key);
  }

  async #purge(): Promise<void> {
    await this.#store.purge(this.#clock.epochMs() - KEEP_ENDED_MS).catch(this.#onTrouble);
  }

  #work(lane: string): void {
    if (this.#closing.signal.aborted) return;
    const running = this.#lanes.get(lane);
    if (running) {
      running.again = true;
      return;
    }
    const work = { again: false, done: Promise.resolve() };
    this.#lanes.set(lane, work);
    work.done = this.#drain(lane, work)
      .catch(this.#onTrouble)
      .finally(() => {
        this.#lanes.delete(lane);
        if (work.again) this.#work(lane);
      });
  }

  /** One after the other, until the first is not due: what comes after it waits with it. */
  async #drain(lane: string, work: { again: boolean }): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const nowMs = this.#clock.epochMs();
      const entry = await this.#store.claim(lane, nowMs, nowMs + LEASE_MS);
      if (!entry) break;
      if (!(await this.#deal(entry))) break;
    }
    if (work.again) return;
    // What waits behind an action that is not due will not be done soon: its callers are told.
    for (const [key, entry] of this.#waiting) {
      if (entry.lane === lane) this.#waiters.get(key)?.({ state: 'deferred' });
    }
  }

  /** True when it has come to an end. */
  async #deal(entry: OutboxEntry): Promise<boolean> {
    const end = await this.#endOf(entry);
    if (end) await this.#end(entry, end);
    else if (!this.#closing.signal.aborted) {
      const attempts = entry.attempts + 1;
      const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1));
      await this.#store.postpone(entry, attempts, this.#clock.epochMs() + delayMs);
    }
    return end !== null;
  }

  /** Attempts an entry; null when it has to be attempted again. */
  async #endOf({
    siteKey,
    idempotencyKey,
    operation,
    args,
    ...entry
  }: OutboxEntry): Promise<OutboxEnd | null> {
    const subject = { customerId: entry.customerId };
    try {
      return {
        state: 'done',
        answer: await this.#attempt(siteKey, { operation, args, subject, idempotencyKey }),
      };
    } catch (thrown) {
      const error = SegueError.from(thrown);
      if (error.code === 'CONNECTOR_REFUSED') return { state: 'refused', reason: error.detail ?? '' };
      const hopeless = error instanceof BadAnswer && entry.attempts + 1 >= MAX_BAD_ANSWERS;
      const tooOld = this.#clock.epochMs() - entry.notedAtMs >= GIVE_UP_MS;
      return hopeless || tooOld ? { state: 'dead', reason: error.detail ?? error.code } : null;
    }
  }

  async #end(entry: OutboxEntry, end: OutboxEnd): Promise<void> {
    const key = keyOf(entry);
    // Told first: should the mark fail, the next attempt finds by its key that it is done.
    const waiter = this.#waiters.get(key);
    this.#waiting.delete(key);
    if (waiter) waiter(end.state === 'dead' ? { state: 'deferred' } : end);
    await this.#store.end(entry, end, this.#clock.epochMs());
    this.emit('ended', { entry, state: end.state, late: waiter === undefined });
  }

  #attempt(siteKey: string, action: Action): Promise<JsonObject> {
    const limit = new AbortController();
    const signal = AbortSignal.any([limit.signal, this.#closing.signal]);
    return new Promise((resolve, reject) => {
      // A system may ignore the signal; nobody waits for it then.
      const stop = () => {
        timer.cancel();
        reject(new SegueError('CONNECTOR_FAILED', 'no answer in time'));
      };
      const timer = this.#clock.after(ATTEMPT_LIMIT_MS, () => limit.abort());
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      this.#perform(siteKey, { ...action, signal })
        .then(resolve, reject)
        .finally(() => {
          timer.cancel();
          signal.removeEventListener('abort', stop);
        });
    });
  }
}

function keyOf({ siteKey, idempotencyKey }: Pick<OutboxEntry, 'siteKey' | 'idempotencyKey'>): string {
  return `${siteKey}\n${idempotencyKey}`;
}

function submittedFrom({ state, answer, reason }: OutboxEntry): Submitted {
  if (state === 'done') return { state, answer: answer ?? {} };
  if (state === 'refused') return { state, reason: reason ?? '' };
  throw new SegueError('CONNECTOR_FAILED', 'this action was given up');
}

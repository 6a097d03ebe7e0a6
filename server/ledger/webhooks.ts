import type { Clock, TimerHandle } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import type { WebhookKey, WebhookStore } from '../storage/webhookStore.ts';
import type { StoredEvent } from './event.ts';
import type { Ledger } from './ledger.ts';
import { type Webhook, webhookRequest } from './webhookRequest.ts';

const LOOK_EVERY_MS = 1_000;
const BATCH = 100;
const ANSWER_LIMIT_MS = 10_000;
const LEASE_MS = 60_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 3_600_000;
/** Twenty attempts take nine hours; then somebody has to look. */
const MAX_ATTEMPTS = 20;
/** A cursor whose events are none of its kinds is moved on now and then, so that a start does not read them all. */
const IDLE_STEP = 5_000;

export type WebhookState = WebhookKey & {
  url: string;
  state: 'delivering' | 'retrying' | 'dead';
  afterSeq: number;
  attempts: number;
  /** The next attempt, in milliseconds since the epoch; 0 when nothing failed. */
  nextAtMs: number;
  problem: string | null;
};

/** Posts a body; resolves with the status, or rejects. Redirects are not followed. */
export type Post = (
  url: string,
  request: { body: string; headers: Record<string, string> },
  limitMs: number,
) => Promise<number>;

/** Delivers events to the sites' listeners, in order, at least once each. */
export class Webhooks {
  readonly #hooks: readonly Webhook[];
  readonly #ledger: Ledger;
  readonly #store: WebhookStore;
  readonly #clock: Clock;
  readonly #post: Post;
  readonly #random: () => number;
  readonly #onDead: (key: WebhookKey, problem: string) => void;
  readonly #running = new Map<Webhook, Promise<void>>();
  #timer: TimerHandle;
  #closed = false;

  constructor(parts: {
    hooks: readonly Webhook[];
    ledger: Ledger;
    store: WebhookStore;
    clock: Clock;
    post?: Post;
    random?: () => number;
    onDead(key: WebhookKey, problem: string): void;
  }) {
    this.#hooks = parts.hooks;
    this.#ledger = parts.ledger;
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#post = parts.post ?? postByFetch;
    this.#random = parts.random ?? Math.random;
    this.#onDead = parts.onDead;
    this.#timer = this.#clock.every(LOOK_EVERY_MS, () => this.look());
  }

  /** Looks for what is to be delivered. */
  look(): void {
    if (this.#closed) return;
    for (const hook of this.#hooks) {
      if (this.#running.has(hook)) continue;
      // A database that is gone is tried again with the next look; the recorder tells of it.
      const turn = this.#turn(hook)
        .catch(() => {})
        .finally(() => this.#running.delete(hook));
      this.#running.set(hook, turn);
    }
  }

  async states(): Promise<WebhookState[]> {
    const cursors = await this.#store.list();
    return this.#hooks.map(({ site, name, url }) => {
      const cursor = cursors.find((one) => one.site === site && one.name === name);
      const { afterSeq = 0, attempts = 0, nextAtMs = 0, problem = null } = cursor ?? {};
      const state = attempts >= MAX_ATTEMPTS ? 'dead' : attempts > 0 ? 'retrying' : 'delivering';
      return { site, name, url, state, afterSeq, attempts, nextAtMs, problem };
    });
  }

  /** Tries a webhook again now. Rejects with WEBHOOK_UNKNOWN. */
  async revive(key: WebhookKey): Promise<void> {
    const known = this.#hooks.some(({ site, name }) => site === key.site && name === key.name);
    if (!known || !(await this.#store.revive(key))) throw new SegueError('WEBHOOK_UNKNOWN');
    this.look();
  }

  /** Lets running deliveries end. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer.cancel();
    await Promise.all(this.#running.values());
  }

  async #turn(hook: Webhook): Promise<void> {
    const head = await this.#ledger.head();
    const cursor = await this.#store.claim(hook, head, this.#clock.epochMs(), LEASE_MS);
    if (!cursor) return;
    let { afterSeq } = cursor;
    for (;;) {
      const events = await this.#ledger.scan(afterSeq, BATCH, {
        site: hook.site,
        ...(hook.kinds && { kinds: hook.kinds }),
      });
      const last = events.at(-1);
      if (!last || this.#closed) break;
      const problem = await this.#deliver(hook, events);
      if (problem !== null) {
        await this.#failed(hook, afterSeq === cursor.afterSeq ? cursor.attempts + 1 : 1, problem);
        return;
      }
      afterSeq = last.seq;
      await this.#store.advance(hook, afterSeq, this.#clock.epochMs() + LEASE_MS);
    }
    // All up to `head` was visible before the scan, so what it did not find is none of this webhook's.
    if (head - afterSeq > IDLE_STEP) await this.#store.advance(hook, head, 0);
    else await this.#store.release(hook);
  }

  async #deliver(hook: Webhook, events: readonly StoredEvent[]): Promise<string | null> {
    try {
      const status = await this.#post(
        hook.url,
        webhookRequest(hook, events, this.#clock.epochMs()),
        ANSWER_LIMIT_MS,
      );
      return status >= 200 && status < 300 ? null : `It answered ${status}.`;
    } catch (error) {
      return error instanceof Error && error.name === 'TimeoutError'
        ? 'It did not answer in time.'
        : 'It could not be reached.';
    }
  }

  /** Waits longer each time, by chance up to a quarter less: many servers do not come back at one moment. */
  async #failed({ site, name }: Webhook, attempts: number, problem: string): Promise<void> {
    const waitMs =
      Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS) * (1 - this.#random() / 4);
    const dead = attempts >= MAX_ATTEMPTS;
    const nextAtMs = dead ? Number.MAX_SAFE_INTEGER : Math.round(this.#clock.epochMs() + waitMs);
    await this.#store.fail({ site, name }, attempts, nextAtMs, problem);
    if (dead) this.#onDead({ site, name }, problem);
  }
}

async function postByFetch(
  url: string,
  request: { body: string; headers: Record<string, string> },
  limitMs: number,
) {
  const response = await fetch(url, {
    method: 'POST',
    ...request,
    // Where a redirect leads was not allowed by anybody.
    redirect: 'manual',
    signal: AbortSignal.timeout(limitMs),
  });
  await response.body?.cancel();
  return response.status;
}

import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { Connector } from '../records/connector.ts';
import type { Session } from './session.ts';

/** How long the greeting waits for the customer's systems; what comes later reaches the running call. */
export const REHYDRATION_DEADLINE_MS = 300;

/** What was fetched when the session opened is fresh enough for a call that begins within this time. */
const FRESH_MS = 15_000;

export type Rehydrated = {
  durationMs: number;
  /** Names of all facts known when the greeting is built. */
  facts: string[];
  /** Whether the customer's systems answered in time; null when nobody is signed in. */
  overview: 'inTime' | 'late' | 'failed' | null;
};

/** Where a site's systems tell all they know of one customer. */
export type OverviewSource = { connector: Connector; operation: string };

type Fetching = { startedMs: number; outcome: Promise<'inTime' | 'failed'> };

/**
 * Brings together what the customer's systems know of a signed-in visitor, before the greeting. Begins when the
 * session opens. Never rejects: a slow or failing system makes the greeting plainer, not later.
 */
export class Rehydration {
  readonly #sourceOf: (siteKey: string) => OverviewSource | null;
  readonly #clock: Clock;
  readonly #onFailure: (session: Session, error: SegueError) => void;
  readonly #fetching = new WeakMap<Session, Fetching>();

  constructor(parts: {
    sourceOf: (siteKey: string) => OverviewSource | null;
    clock: Clock;
    onFailure: (session: Session, error: SegueError) => void;
  }) {
    this.#sourceOf = parts.sourceOf;
    this.#clock = parts.clock;
    this.#onFailure = parts.onFailure;
  }

  /** Asks the systems, unless they were asked just now. Null when nobody is signed in or the site has no systems. */
  begin(session: Session): Promise<'inTime' | 'failed'> | null {
    const source = this.#sourceOf(session.siteKey);
    if (!source || session.subject.customerId === null) return null;
    const nowMs = this.#clock.nowMs();
    const running = this.#fetching.get(session);
    if (running && nowMs - running.startedMs < FRESH_MS) return running.outcome;
    const outcome = source.connector
      .call({ operation: source.operation, args: {}, subject: session.subject })
      .then((facts: JsonObject) => {
        session.learn('signed', facts);
        return 'inTime' as const;
      })
      .catch((error: unknown) => {
        this.#fetching.delete(session);
        this.#onFailure(session, SegueError.from(error));
        return 'failed' as const;
      });
    this.#fetching.set(session, { startedMs: nowMs, outcome });
    return outcome;
  }

  /** What is known when the greeting is built: at the deadline, or as soon as the systems have answered. */
  async finish(session: Session): Promise<Rehydrated> {
    const startedMs = this.#clock.nowMs();
    const overview = await this.#beforeDeadline(this.begin(session));
    return {
      durationMs: this.#clock.nowMs() - startedMs,
      facts: Object.keys(session.facts()).sort(),
      overview,
    };
  }

  #beforeDeadline(outcome: Promise<'inTime' | 'failed'> | null): Promise<Rehydrated['overview']> {
    if (!outcome) return Promise.resolve(null);
    return new Promise((resolve) => {
      const deadline = this.#clock.after(REHYDRATION_DEADLINE_MS, () => resolve('late'));
      void outcome.then((value) => {
        deadline.cancel();
        resolve(value);
      });
    });
  }
}

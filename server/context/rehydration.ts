import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import type { FactSource } from '../../shared/facts.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { Connector, Told } from '../records/connector.ts';
import type { Session } from './session.ts';

/** How long the greeting waits for a source; what comes later reaches the running call. */
export const REHYDRATION_DEADLINE_MS = 300;

/** What was fetched when the session opened is fresh enough for a call that begins within this time. */
const FRESH_MS = 15_000;

/** Something that knows more of a visitor than the page told: the site's systems, the ledger's memory. */
export type RehydrationSource = {
  name: string;
  /** How long the greeting waits for it at the most. */
  deadlineMs: number;
  /** How far what it tells is trusted. */
  trust: FactSource;
  /** Facts about the session's visitor; null when there is nothing to ask. Rejects when it cannot tell. */
  ask(session: Session): Promise<Recalled> | null;
};

/**
 * `asOfMs`: when the facts were true, in milliseconds since the epoch; absent: now. `newer` ones replace them later.
 * `trust`: where it is not the source's own.
 */
export type Recalled = {
  facts: JsonObject;
  asOfMs?: number;
  trust?: FactSource;
  newer?: Promise<Recalled>;
};

/** How it went with a source; `late` ones may still tell. */
export type SourceOutcome = 'inTime' | 'late' | 'failed';

export type Rehydrated = {
  durationMs: number;
  /** Names of all facts known when the greeting is built. */
  facts: string[];
  /** Whether all sources answered in time; null when none was asked. */
  overview: SourceOutcome | null;
  /** Each source that was asked. */
  sources: Readonly<Record<string, SourceOutcome>>;
};

/** The operation of a site's systems that tells what they know of a signed-in customer. */
export function systemSource(
  connector: Connector,
  operation: string,
  deadlineMs = REHYDRATION_DEADLINE_MS,
): RehydrationSource {
  return {
    name: operation,
    deadlineMs,
    trust: 'signed',
    ask({ subject }) {
      if (subject.customerId === null) return null;
      const request = { operation, args: {}, subject };
      if (!connector.tell) return connector.call(request).then((facts) => ({ facts }));
      return connector.tell(request).then(recalledFrom);
    },
  };
}

function recalledFrom({ data, asOfMs, newer }: Told): Recalled {
  return { facts: data, asOfMs, ...(newer ? { newer: newer.then(recalledFrom) } : {}) };
}

type Asked = { startedMs: number; outcome: Promise<SourceOutcome> };

/**
 * Brings together what is known of a visitor, before the greeting. Begins when the session opens. Never rejects: a
 * slow or failing source makes the greeting plainer, not later.
 */
export class Rehydration {
  readonly #sourcesOf: (siteKey: string) => readonly RehydrationSource[];
  readonly #clock: Clock;
  readonly #onFailure: (session: Session, source: string, error: SegueError) => void;
  readonly #asked = new WeakMap<Session, Map<string, Asked>>();

  constructor(parts: {
    sourcesOf: (siteKey: string) => readonly RehydrationSource[];
    clock: Clock;
    onFailure: (session: Session, source: string, error: SegueError) => void;
  }) {
    this.#sourcesOf = parts.sourcesOf;
    this.#clock = parts.clock;
    this.#onFailure = parts.onFailure;
  }

  /** Asks all sources that were not asked just now, and waits for none. */
  begin(session: Session): void {
    for (const source of this.#sourcesOf(session.siteKey)) void this.#ask(session, source);
  }

  /** What is known when the greeting is built: at each source's deadline, or as soon as it has answered. */
  async finish(session: Session): Promise<Rehydrated> {
    const startedMs = this.#clock.nowMs();
    const outcomes = await Promise.all(
      this.#sourcesOf(session.siteKey).flatMap((source) => {
        const asked = this.#ask(session, source);
        return asked ? [this.#beforeDeadline(source, asked)] : [];
      }),
    );
    return {
      durationMs: this.#clock.nowMs() - startedMs,
      facts: Object.keys(session.facts()).sort(),
      overview: worst(outcomes.map(({ outcome }) => outcome)),
      sources: Object.fromEntries(outcomes.map(({ source, outcome }) => [source.name, outcome])),
    };
  }

  /** What was asked before counts no more: it is another person's session now. */
  forget(session: Session): void {
    this.#asked.delete(session);
  }

  #ask(session: Session, source: RehydrationSource): Promise<SourceOutcome> | null {
    const nowMs = this.#clock.nowMs();
    const asked = this.#asked.get(session) ?? new Map<string, Asked>();
    this.#asked.set(session, asked);
    const running = asked.get(source.name);
    if (running && nowMs - running.startedMs < FRESH_MS) return running.outcome;
    const asking = askSafely(source, session);
    if (!asking) return null;
    const outcome = asking
      .then(({ facts, asOfMs, newer, trust = source.trust }) => {
        const learn = (...[source, values, atMs]: Parameters<Session['learn']>) => {
          // Asked before it was known who it is: that was told of somebody else.
          if (this.#asked.get(session) === asked) session.learn(source, values, atMs);
        };
        learn(trust, facts, asOfMs);
        newer?.then(
          (now) => learn(now.trust ?? source.trust, now.facts, now.asOfMs),
          (error: unknown) => this.#onFailure(session, source.name, SegueError.from(error)),
        );
        return 'inTime' as const;
      })
      .catch((error: unknown) => {
        asked.delete(source.name);
        this.#onFailure(session, source.name, SegueError.from(error));
        return 'failed' as const;
      });
    asked.set(source.name, { startedMs: nowMs, outcome });
    return outcome;
  }

  #beforeDeadline(source: RehydrationSource, answer: Promise<SourceOutcome>): Promise<Outcome> {
    return new Promise((resolve) => {
      const deadline = this.#clock.after(source.deadlineMs, () => resolve({ source, outcome: 'late' }));
      void answer.then((outcome) => {
        deadline.cancel();
        resolve({ source, outcome });
      });
    });
  }
}

type Outcome = { source: RehydrationSource; outcome: SourceOutcome };

/** A source that throws at once has failed like one that throws later. */
function askSafely(source: RehydrationSource, session: Session): Promise<Recalled> | null {
  try {
    return source.ask(session);
  } catch (error) {
    return Promise.reject(error);
  }
}

function worst(outcomes: readonly SourceOutcome[]): SourceOutcome | null {
  return (['failed', 'late', 'inTime'] as const).find((one) => outcomes.includes(one)) ?? null;
}

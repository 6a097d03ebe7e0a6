import type { Clock } from '../../shared/clock.ts';
import { Emitter } from '../../shared/emitter.ts';
import { SegueError } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';
import { BadAnswer } from './badAnswer.ts';
import type { Connector, ConnectorRequest } from './connector.ts';

export type BreakerState = 'closed' | 'open' | 'halfOpen';

export type BreakerRules = {
  /** Outages in a row that open it. */
  failures: number;
  /** How long nothing is asked then; doubles with each probe that fails. */
  openMs: number;
};

export const BREAKER_RULES: BreakerRules = { failures: 5, openMs: 10_000 };
const LONGEST_OPEN_MS = 120_000;

/**
 * A connector that stops asking a system that is out: after some outages in a row every request fails at once for a
 * while, then a single one probes. A refusal, a useless answer and a caller who gave up are no outages.
 */
export class Breaker extends Emitter<{ changed: [state: BreakerState] }> implements Connector {
  readonly name: string;
  readonly #inner: Connector;
  readonly #rules: BreakerRules;
  readonly #clock: Clock;
  #failures = 0;
  #openMs: number;
  #openUntilMs: number | null = null;
  #probing = false;

  constructor(inner: Connector, rules: BreakerRules, clock: Clock) {
    super();
    this.name = inner.name;
    this.#inner = inner;
    this.#rules = rules;
    this.#clock = clock;
    this.#openMs = rules.openMs;
  }

  get state(): BreakerState {
    if (this.#openUntilMs === null) return 'closed';
    return this.#clock.nowMs() < this.#openUntilMs ? 'open' : 'halfOpen';
  }

  async call(request: ConnectorRequest): Promise<JsonObject> {
    const { state } = this;
    if (state === 'open' || (state === 'halfOpen' && this.#probing)) {
      throw new SegueError('CONNECTOR_FAILED', 'the system is out, and is left alone for a while');
    }
    const probe = state === 'halfOpen';
    if (probe) this.#probing = true;
    try {
      const answer = await this.#inner.call(request);
      this.#works();
      return answer;
    } catch (error) {
      if (isOutage(error)) {
        // Who gave up says nothing about the system, and a probe that was given up is no probe.
        if (!request.signal?.aborted) this.#fails(probe);
      } else this.#works();
      throw error;
    } finally {
      if (probe) this.#probing = false;
    }
  }

  close(): Promise<void> {
    this.removeAllListeners();
    return this.#inner.close();
  }

  #works(): void {
    const wasClosed = this.#openUntilMs === null;
    this.#failures = 0;
    this.#openMs = this.#rules.openMs;
    this.#openUntilMs = null;
    if (!wasClosed) this.emit('changed', 'closed');
  }

  #fails(probe: boolean): void {
    this.#failures++;
    // Answers to what was asked before it opened prove nothing more.
    if (!probe && (this.#openUntilMs !== null || this.#failures < this.#rules.failures)) return;
    if (probe) this.#openMs = Math.min(LONGEST_OPEN_MS, this.#openMs * 2);
    this.#openUntilMs = this.#clock.nowMs() + this.#openMs;
    this.emit('changed', 'open');
  }
}

function isOutage(error: unknown): boolean {
  return !(error instanceof BadAnswer) && SegueError.from(error).code !== 'CONNECTOR_REFUSED';
}

import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { Breaker, BreakerState } from './breaker.ts';
import { type Connector, type ConnectorRequest, kindOf, type Subject, type Told } from './connector.ts';
import type { Outbox, PendingAction } from './outbox.ts';
import type { OperationRules, SystemsPlan } from './plan.ts';
import { Replica } from './replica.ts';
import { Routes } from './routes.ts';

export type SystemsOptions = {
  siteKey: string;
  plan: SystemsPlan;
  /** By the names of the plan's connectors. */
  breakers: ReadonlyMap<string, Breaker>;
  outbox: Outbox | null;
  clock: Clock;
  /** Told of an answer that could not be renewed in the background. */
  onFailure?: (operation: string, error: SegueError) => void;
  /** An action of ours has changed what these operations answer for a customer, or for everybody. */
  onChanged?: (operations: readonly string[], customerId: string | null) => void;
};

/**
 * All systems of one site as one connector: look-ups through the replica, actions through the outbox where the site
 * lets them be done later, each system behind its breaker.
 */
export class Systems implements Connector {
  readonly name = 'systems';
  readonly siteKey: string;
  readonly #routes: Routes;
  readonly #rules: ReadonlyMap<string, OperationRules>;
  readonly #breakers: ReadonlyMap<string, Breaker>;
  readonly #replica: Replica;
  readonly #outbox: Outbox | null;
  readonly #onChanged: NonNullable<SystemsOptions['onChanged']>;
  readonly #clock: Clock;
  /** Look-ups whose answers actions change that may be done later, with these actions. */
  readonly #deferrable = new Map<string, Set<string>>();

  constructor({ siteKey, plan, breakers, outbox, clock, onFailure, onChanged }: SystemsOptions) {
    this.siteKey = siteKey;
    this.#breakers = breakers;
    this.#outbox = outbox;
    this.#onChanged = onChanged ?? (() => {});
    this.#clock = clock;
    this.#rules = new Map(plan.connectors.flatMap(({ operations }) => [...operations]));
    for (const { name, defer, invalidates } of this.#rules.values()) {
      for (const read of defer ? invalidates : []) {
        this.#deferrable.set(read, (this.#deferrable.get(read) ?? new Set()).add(name));
      }
    }
    this.#routes = new Routes(
      plan.connectors.flatMap(({ name, operations, serves }) => {
        const connector = breakers.get(name);
        return connector ? [{ connector, operations: operations.keys(), serves }] : [];
      }),
    );
    this.#replica = new Replica({
      inner: this.#routes,
      rules: this.#rules,
      clock,
      ...(onFailure ? { onFailure } : {}),
    });
  }

  async call(request: ConnectorRequest): Promise<JsonObject> {
    return (await this.tell(request)).data;
  }

  async tell(request: ConnectorRequest): Promise<Told> {
    const rules = this.#rules.get(request.operation);
    const isAction = rules ? rules.kind === 'write' : kindOf(request) === 'write';
    if (isAction) return this.#act(request, rules);
    const told = await this.#replica.read(request);
    const { newer } = told;
    if (!newer) return this.#withPending(request, told);
    const later = newer.then((one) => this.#withPending(request, one));
    later.catch(() => {});
    return { ...this.#withPending(request, told), newer: later };
  }

  /** A session was opened: what its visitor will ask is asked now. */
  prewarm(subject: Subject): void {
    this.#replica.prewarm(subject);
  }

  /**
   * A system says that something has changed. No operations: all of them; no customer: everybody's. Gives the number
   * of answers that are out of date by that.
   */
  invalidate(operations: readonly string[] | null, customerId: string | null | undefined): number {
    return this.#replica.outdate(operations && new Set(operations), customerId);
  }

  /** Does an action of the outbox, late. */
  async perform(request: ConnectorRequest): Promise<JsonObject> {
    try {
      const answer = await this.#routes.call(request);
      this.#changed(request, true);
      return answer;
    } catch (error) {
      this.#changed(request, SegueError.from(error).code === 'CONNECTOR_REFUSED');
      throw error;
    }
  }

  /** How it stands with each system. */
  states(): ReadonlyMap<string, BreakerState> {
    return new Map([...this.#breakers].map(([name, { state }]) => [name, state]));
  }

  async close(): Promise<void> {
    this.#replica.close();
    await this.#routes.close();
  }

  async #act(request: ConnectorRequest, rules: OperationRules | undefined): Promise<Told> {
    const askedMs = this.#clock.epochMs();
    const told = (state: Told['state'], data: JsonObject): Told => ({
      data,
      state,
      asOfMs: askedMs,
      fieldsAsOfMs: {},
    });
    if (!rules?.defer || !this.#outbox || request.idempotencyKey === undefined) {
      return told('current', await this.perform(request));
    }
    const outcome = await this.#outbox.submit(this.siteKey, {
      operation: request.operation,
      args: request.args,
      subject: request.subject,
      idempotencyKey: request.idempotencyKey,
    });
    if (outcome.state === 'refused') throw new SegueError('CONNECTOR_REFUSED', outcome.reason);
    if (outcome.state === 'done') return told('current', outcome.answer);
    return told('deferred', request.args);
  }

  /** What was true before an action is not told after it; where its effect is not known, only with its age. */
  #changed({ operation, subject }: ConnectorRequest, known: boolean): void {
    const invalidates = new Set(this.#rules.get(operation)?.invalidates);
    if (invalidates.size === 0) return;
    const customerId = subject.customerId ?? undefined;
    this.#onChanged([...invalidates], subject.customerId);
    if (known) this.#replica.forget(invalidates, customerId);
    else this.#replica.outdate(invalidates, customerId);
  }

  /** What the answer cannot know yet: actions that are noted and not done. */
  #withPending(request: ConnectorRequest, told: Told): Told {
    const pending = this.#pendingFor(request);
    return pending ? { ...told, data: { ...told.data, pending } } : told;
  }

  #pendingFor({ operation, subject }: ConnectorRequest): PendingAction[] | null {
    const actions = this.#deferrable.get(operation);
    if (!this.#outbox || !actions || subject.customerId === null) return null;
    return this.#outbox
      .pendingOf(this.siteKey, subject.customerId)
      .filter((one) => actions.has(one.operation));
  }
}

import { ZodError } from 'zod';
import { OnceOnly } from '../../demo/backend/onceOnly.ts';
import { OPERATIONS } from '../../demo/backend/operations.ts';
import { Refusal } from '../../demo/store/refusal.ts';
import { Store } from '../../demo/store/store.ts';
import type { Connector, ConnectorRequest } from '../../server/records/connector.ts';
import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';

/** The demo shop's own operations without HTTP between, with faults on demand. */
export class ShopConnector implements Connector {
  readonly name = 'shop';
  readonly store: Store;
  readonly requests: ConnectorRequest[] = [];
  /** So many calls fail before one works again. */
  failures = 0;
  /** An answer waits for this, when set. */
  hold: Promise<unknown> | null = null;
  readonly #once = new OnceOnly();

  constructor(clock: Clock) {
    this.store = new Store(clock);
  }

  async call(request: ConnectorRequest): Promise<JsonObject> {
    this.requests.push(request);
    await this.hold;
    if (this.failures > 0) {
      this.failures--;
      throw new SegueError('CONNECTOR_FAILED', 'unreachable');
    }
    const { operation, args, subject, idempotencyKey } = request;
    const run = OPERATIONS[operation];
    if (!run) throw new SegueError('CONNECTOR_FAILED', `no operation ${operation}`);
    try {
      const act = () => run(this.store, subject, args);
      return structuredClone(idempotencyKey ? this.#once.run(operation, idempotencyKey, args, act) : act());
    } catch (error) {
      if (error instanceof Refusal) throw new SegueError('CONNECTOR_REFUSED', error.reason);
      if (error instanceof ZodError) throw new SegueError('CONNECTOR_FAILED', error.message);
      throw error;
    }
  }

  /** Operations called so far, actions and look-ups. */
  get operations(): string[] {
    return this.requests.map(({ operation }) => operation);
  }

  async close(): Promise<void> {}
}

import type { JsonObject } from '../../shared/json.ts';

/** Who the request is about, proven by a signed identity; null for an anonymous visitor. */
export type Subject = { customerId: string | null };

export type ConnectorRequest = {
  /** Name of the operation, e.g. `orders.find`. */
  operation: string;
  args: JsonObject;
  subject: Subject;
  /** For actions, and only for them: the same key never takes effect twice. */
  idempotencyKey?: string;
  signal?: AbortSignal;
};

/** An answer with what is to be known about it. */
export type Told = {
  data: JsonObject;
  /**
   * `current`: true now, as far as the site's rules go. `stale`: older than they allow, as its system is slow or
   * unreachable. `deferred`: an action that is noted and will be done; `data` is what is noted.
   */
  state: 'current' | 'stale' | 'deferred';
  /** When the oldest part of it was true, in milliseconds since the epoch. */
  asOfMs: number;
  /** The same for parts that have times of their own, by their name in the answer, e.g. `stock.count`. */
  fieldsAsOfMs: Readonly<Record<string, number>>;
  /** The system's answer of now, which was not waited for; rejects as the system does. */
  newer?: Promise<Told>;
};

/**
 * Port to a customer's systems (CRM, orders, billing, tickets).
 * Rejects with CONNECTOR_FAILED (retryable: unreachable, slow, nonsense) or CONNECTOR_REFUSED (a business "no";
 * `detail` is the machine-readable reason, e.g. `already_dispatched`).
 */
export type Connector = {
  readonly name: string;
  call(request: ConnectorRequest): Promise<JsonObject>;
  /** The same with its age; a connector without it answers with what is true now. */
  tell?(request: ConnectorRequest): Promise<Told>;
  close(): Promise<void>;
};

export type OperationKind = 'read' | 'write';

/** An action is what carries an idempotency key. */
export function kindOf({ idempotencyKey }: ConnectorRequest): OperationKind {
  return idempotencyKey === undefined ? 'read' : 'write';
}

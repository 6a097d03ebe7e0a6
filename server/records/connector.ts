import type { JsonObject } from '../../shared/json.ts';

/** Who the request is about, proven by a signed identity; null for an anonymous visitor. */
export type Subject = { customerId: string | null };

export type ConnectorRequest = {
  /** Name of the operation, e.g. `orders.find`. */
  operation: string;
  args: JsonObject;
  subject: Subject;
  /** For actions: the same key never takes effect twice. */
  idempotencyKey?: string;
  signal?: AbortSignal;
};

/**
 * Port to a customer's systems (CRM, orders, billing, tickets).
 * Rejects with CONNECTOR_FAILED (retryable: unreachable, slow, nonsense) or CONNECTOR_REFUSED (a business "no";
 * `detail` is the machine-readable reason, e.g. `already_dispatched`).
 */
export type Connector = {
  readonly name: string;
  call(request: ConnectorRequest): Promise<JsonObject>;
  close(): Promise<void>;
};

import type { Json } from '../../shared/json.ts';
import type { BreakerRules } from './breaker.ts';
import type { OperationKind } from './connector.ts';
import type { Mapping, Path } from './mapping.ts';

/** A compiled systems file: which systems a site has, and what may be asked of them. */

/** How long an answer may be told. All are ages in milliseconds, each longer than the one before. */
export type Keep = {
  /** Told without asking again. */
  freshMs: number;
  /** Told as it is, while it is asked again; from here on with its age. */
  staleMs: number;
  /** Not told any more. */
  expiredMs: number;
  /** Fields that go stale sooner than the whole, by their name in the answer. */
  fields: ReadonlyMap<string, number>;
};

/** What holds for an operation whatever carries it. */
export type OperationRules = {
  name: string;
  kind: OperationKind;
  /** Null: asked anew each time. */
  keep: Keep | null;
  /** Where an answer tells when a part of it was true, by the part's name. */
  asOf: ReadonlyMap<string, Path>;
  /** Asked when a session opens: of signed-in customers, or of everybody. */
  prewarm: 'customer' | 'anyone' | null;
  /** An action that may be done later when its system is slow or out. */
  defer: boolean;
  /** Reads whose answers an action makes outdated. */
  invalidates: readonly string[];
};

export type Refusal = { status: number; at: Path | null; is: Json | null; reason: string };

export type RestAuth =
  | { type: 'none' }
  | { type: 'header'; name: string; value: string }
  | {
      type: 'clientCredentials';
      tokenUrl: string;
      clientId: string;
      clientSecret: string;
      scope: string | null;
      audience: string | null;
    };

export type RestOperation = {
  kind: OperationKind;
  method: string;
  /** Template, relative to the connector's URL. */
  path: string;
  query: Readonly<Record<string, string>>;
  body: Json | null;
  /** Null: the system's own JSON object. */
  answer: (Mapping & { type: 'object' }) | null;
  refused: readonly Refusal[];
};

export type RestSettings = {
  url: string;
  auth: RestAuth;
  headers: Readonly<Record<string, string>>;
  /** Null: the system knows no idempotency keys, so a write is never sent twice. */
  idempotencyHeader: string | null;
  timeoutMs: number;
  retries: number;
  maxBytes: number;
  operations: ReadonlyMap<string, RestOperation>;
};

export type HttpSettings = { url: string; key: string; timeoutMs: number };

export type SqlOperation = {
  kind: OperationKind;
  /** With `$1`, `$2` … for `params`. */
  text: string;
  params: readonly string[];
  /** How rows become an answer: the row itself, the row or the rows under a name. */
  rows: { type: 'row'; name: string | null } | { type: 'list'; name: string };
  /** Why it is refused when there is no row. */
  none: string | null;
  /** SQLSTATE or name of a constraint → reason. */
  refused: ReadonlyMap<string, string>;
};

export type SqlSettings = {
  url: string;
  pool: number;
  timeoutMs: number;
  /** Remembers what was done under which idempotency key, in the same transaction. */
  actionsTable: string;
  operations: ReadonlyMap<string, SqlOperation>;
};

export type ConnectorPlan = {
  name: string;
  breaker: BreakerRules;
  /** First words of operations that it answers without declaring each. */
  serves: readonly string[];
  operations: ReadonlyMap<string, OperationRules>;
} & (
  | { kind: 'http'; settings: HttpSettings }
  | { kind: 'rest'; settings: RestSettings }
  | { kind: 'sql'; settings: SqlSettings }
);

export type SystemsPlan = {
  connectors: readonly ConnectorPlan[];
  /** What is asked before the greeting. */
  rehydrate: readonly { operation: string; deadlineMs: number | null }[];
  /** Signs the systems' own "this has changed"; null: they cannot say so. */
  webhookSecret: string | null;
};

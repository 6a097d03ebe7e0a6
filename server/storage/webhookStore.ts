export type WebhookKey = { site: string; name: string };

export type WebhookCursor = WebhookKey & {
  /** Every event up to here was taken by the other side, or is none of its business. */
  afterSeq: number;
  /** Failed deliveries since the last one that was taken. */
  attempts: number;
  nextAtMs: number;
  problem: string | null;
};

/** Port: how far each webhook's deliveries have come. Rejects with DATABASE_UNAVAILABLE. */
export type WebhookStore = {
  /**
   * Takes the deliveries of a webhook until `leaseMs` from now; null when they are not due, or another server has them.
   * A webhook that is not known begins behind `head`.
   */
  claim(key: WebhookKey, head: number, nowMs: number, leaseMs: number): Promise<WebhookCursor | null>;
  /** Deliveries up to there were taken; `leasedUntilMs` 0 gives them free. */
  advance(key: WebhookKey, afterSeq: number, leasedUntilMs: number): Promise<void>;
  /** Gives the deliveries free. */
  release(key: WebhookKey): Promise<void>;
  /** A delivery failed; the next one may be tried at `nextAtMs`. */
  fail(key: WebhookKey, attempts: number, nextAtMs: number, problem: string): Promise<void>;
  /** Begins again after too many failures. Answers false for an unknown webhook. */
  revive(key: WebhookKey): Promise<boolean>;
  list(): Promise<WebhookCursor[]>;
};

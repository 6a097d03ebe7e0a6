import type { WebhookCursor, WebhookKey, WebhookStore } from '../../server/storage/webhookStore.ts';

type Row = WebhookCursor & { leasedUntilMs: number };

/** Cursors in memory. */
export class MemoryWebhookStore implements WebhookStore {
  readonly #rows = new Map<string, Row>();

  async claim(
    { site, name }: WebhookKey,
    head: number,
    nowMs: number,
    leaseMs: number,
  ): Promise<WebhookCursor | null> {
    const fresh = { site, name, afterSeq: head, attempts: 0, nextAtMs: 0, leasedUntilMs: 0, problem: null };
    const row = this.#rows.get(`${site} ${name}`) ?? fresh;
    this.#rows.set(`${site} ${name}`, row);
    if (row.nextAtMs > nowMs || row.leasedUntilMs > nowMs) return null;
    row.leasedUntilMs = nowMs + leaseMs;
    return { ...row };
  }

  async advance(key: WebhookKey, afterSeq: number, leasedUntilMs: number): Promise<void> {
    this.#set(key, { afterSeq, attempts: 0, nextAtMs: 0, problem: null, leasedUntilMs });
  }

  async release(key: WebhookKey): Promise<void> {
    this.#set(key, { leasedUntilMs: 0 });
  }

  async fail(key: WebhookKey, attempts: number, nextAtMs: number, problem: string): Promise<void> {
    this.#set(key, { attempts, nextAtMs, problem, leasedUntilMs: 0 });
  }

  async revive(key: WebhookKey): Promise<boolean> {
    return this.#set(key, { attempts: 0, nextAtMs: 0 });
  }

  async list(): Promise<WebhookCursor[]> {
    return [...this.#rows.values()];
  }

  #set({ site, name }: WebhookKey, values: Partial<Row>): boolean {
    const row = this.#rows.get(`${site} ${name}`);
    if (row) Object.assign(row, values);
    return row !== undefined;
  }
}

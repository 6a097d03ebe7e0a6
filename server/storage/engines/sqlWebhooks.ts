import type { Database, Sql } from '../database.ts';
import { asking } from '../databaseError.ts';
import { and, eq, lte } from '../drizzle.ts';
import { webhookCursors } from '../tables/ledger.ts';
import type { WebhookCursor, WebhookKey, WebhookStore } from '../webhookStore.ts';

/** Cursors of webhooks as rows. */
export class SqlWebhookStore implements WebhookStore {
  readonly #db: Sql;

  constructor({ db }: Database) {
    this.#db = db;
  }

  claim(key: WebhookKey, head: number, nowMs: number, leaseMs: number): Promise<WebhookCursor | null> {
    const fresh = { ...key, afterSeq: head, attempts: 0, nextAtMs: 0, leasedUntilMs: 0, problem: null };
    const due = and(lte(webhookCursors.nextAtMs, nowMs), lte(webhookCursors.leasedUntilMs, nowMs));
    return asking(async () => {
      await this.#db.insert(webhookCursors).values(fresh).onConflictDoNothing();
      const [row] = await this.#db
        .update(webhookCursors)
        .set({ leasedUntilMs: nowMs + leaseMs })
        .where(and(isThe(key), due))
        .returning();
      return row ?? null;
    });
  }

  async advance(key: WebhookKey, afterSeq: number, leasedUntilMs: number): Promise<void> {
    await this.#set(key, { afterSeq, attempts: 0, nextAtMs: 0, problem: null, leasedUntilMs });
  }

  async release(key: WebhookKey): Promise<void> {
    await this.#set(key, { leasedUntilMs: 0 });
  }

  async fail(key: WebhookKey, attempts: number, nextAtMs: number, problem: string): Promise<void> {
    await this.#set(key, { attempts, nextAtMs, problem, leasedUntilMs: 0 });
  }

  async revive(key: WebhookKey): Promise<boolean> {
    return (await this.#set(key, { attempts: 0, nextAtMs: 0 })) > 0;
  }

  list(): Promise<WebhookCursor[]> {
    return asking(() =>
      this.#db.select().from(webhookCursors).orderBy(webhookCursors.site, webhookCursors.name),
    );
  }

  async #set(key: WebhookKey, values: Partial<typeof webhookCursors.$inferInsert>): Promise<number> {
    const { rowCount } = await asking(() => this.#db.update(webhookCursors).set(values).where(isThe(key)));
    return rowCount ?? 0;
  }
}

function isThe({ site, name }: WebhookKey) {
  return and(eq(webhookCursors.site, site), eq(webhookCursors.name, name));
}

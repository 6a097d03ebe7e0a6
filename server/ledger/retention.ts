import type { Clock, TimerHandle } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import { LEDGER_KINDS, type LedgerKind, type StoredEvent } from './event.ts';
import type { Ledger } from './ledger.ts';

const DAY_MS = 86_400_000;
const SWEEP_EVERY_MS = 3_600_000;
const FIRST_SWEEP_MS = 60_000;
/** Events in one transaction: others must not wait for long. */
const STEP = 1_000;
const PAUSE_MS = 50;

/** For how many days a site keeps events, by kind; `default` for the others, none for ever. */
export type Retention = { readonly [kind in LedgerKind | 'default']?: number };

export type RetentionParts = {
  ledger: Ledger;
  sites: ReadonlyMap<string, Retention>;
  clock: Clock;
  /** What belongs to these events elsewhere goes before them: nobody would know of it afterwards. */
  beforeRemoval?: (events: readonly StoredEvent[]) => Promise<void>;
  onFailure(error: SegueError): void;
};

/** Removes what is older than each site wants it, every hour. */
export class RetentionSweeper {
  readonly #parts: RetentionParts;
  #timer: TimerHandle | null = null;
  #closed = false;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
    if (parts.sites.size > 0) this.#after(FIRST_SWEEP_MS);
  }

  /** Answers how many events were removed. */
  async sweep(): Promise<number> {
    let removed = 0;
    for (const [site, retention] of this.#parts.sites) {
      for (const kind of LEDGER_KINDS) removed += await this.#sweepKind(site, kind, retention);
    }
    return removed;
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  async #sweepKind(site: string, kind: LedgerKind, retention: Retention): Promise<number> {
    // That somebody was erased is known for as long as nothing else is said.
    const days = retention[kind] ?? (kind === 'erasure' ? undefined : retention.default);
    if (days === undefined) return 0;
    const { ledger, clock, beforeRemoval } = this.#parts;
    const beforeMs = clock.epochMs() - days * DAY_MS;
    for (let removed = 0; ; await this.#pause()) {
      if (this.#closed) return removed;
      const old = await ledger.aged(site, kind, beforeMs, STEP);
      await beforeRemoval?.(old);
      await ledger.remove(old.map(({ seq }) => seq));
      removed += old.length;
      if (old.length < STEP) return removed;
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#parts.clock.after(PAUSE_MS, resolve));
  }

  #after(delayMs: number): void {
    this.#timer = this.#parts.clock.after(delayMs, () => {
      this.sweep()
        .catch((error: unknown) => this.#parts.onFailure(SegueError.from(error)))
        .finally(() => {
          if (!this.#closed) this.#after(SWEEP_EVERY_MS);
        });
    });
  }
}

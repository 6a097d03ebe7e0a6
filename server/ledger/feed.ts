import type { Clock, TimerHandle } from '../../shared/clock.ts';
import type { Ledger } from './ledger.ts';

/** What other servers append is seen that late. */
const POLL_MS = 1_000;

/** Says when it is worth to look into the ledger again. */
export class LedgerFeed {
  readonly #stop: () => void;
  readonly #timer: TimerHandle;
  #wake = Promise.withResolvers<void>();

  constructor(ledger: Ledger, clock: Clock) {
    this.#stop = ledger.onAppended(() => this.wake());
    this.#timer = clock.every(POLL_MS, () => this.wake());
  }

  /** Resolves after the next append, or a second later. Ask before you look, so that nothing falls between. */
  changed(): Promise<void> {
    return this.#wake.promise;
  }

  close(): void {
    this.#stop();
    this.#timer.cancel();
    this.wake();
  }

  /** Has everybody look now. */
  wake(): void {
    const { resolve } = this.#wake;
    this.#wake = Promise.withResolvers();
    resolve();
  }
}

/** How long after a stall what comes in is still what had waited in the socket meanwhile. */
const AFTERMATH_MS = 20;

/** Knows from a regular tick how late this process itself runs, so that its own stalls are not blamed on others. */
export class StallWatch {
  readonly #periodMs: number;
  #lastTickMs: number;
  #stall = { endedMs: Number.NEGATIVE_INFINITY, lateMs: 0 };

  constructor(periodMs: number, nowMs: number) {
    this.#periodMs = periodMs;
    this.#lastTickMs = nowMs;
  }

  /** To be called every `periodMs`. */
  tick(nowMs: number): void {
    const lateMs = this.#overdueMs(nowMs);
    if (lateMs > 0 && !(this.#inAftermath(nowMs) && lateMs < this.#stall.lateMs)) {
      this.#stall = { endedMs: nowMs, lateMs };
    }
    this.#lastTickMs = nowMs;
  }

  /** By how much something noticed now may have been noticed too late. */
  lateMs(nowMs: number): number {
    return Math.max(this.#overdueMs(nowMs), this.#inAftermath(nowMs) ? this.#stall.lateMs : 0);
  }

  #overdueMs(nowMs: number): number {
    return Math.max(0, nowMs - this.#lastTickMs - this.#periodMs);
  }

  #inAftermath(nowMs: number): boolean {
    return nowMs - this.#stall.endedMs < AFTERMATH_MS;
  }
}

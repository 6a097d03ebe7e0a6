/** What hints may err once: a device, of what the server hears a little later or not at all; a hiss, that is no s. */
const FORGIVEN = 1;
const FIRST_REST_MS = 5_000;
const LONGEST_REST_MS = 300_000;

/**
 * How far hints at speech are believed, a device's or a hiss's: each one that Silero does not confirm makes the pause
 * longer in which hints count for nothing, and each one that they do confirm makes up for one.
 */
export class HintTrust {
  #contradictions = 0;
  #deafUntilMs = Number.NEGATIVE_INFINITY;

  believes(nowMs: number): boolean {
    return nowMs >= this.#deafUntilMs;
  }

  agreed(): void {
    this.#contradictions = Math.max(0, this.#contradictions - 1);
  }

  contradicted(nowMs: number): void {
    this.#contradictions += 1;
    const beyond = this.#contradictions - FORGIVEN;
    if (beyond <= 0) return;
    this.#deafUntilMs = nowMs + Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** (beyond - 1));
  }
}

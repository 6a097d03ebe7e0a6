/** A stretch of sound, in ms since the epoch; `toMs` null while it lasts. */
export type HeardSound = { fromMs: number; toMs: number | null };

/** A path that breaks is still heard for as long as jitter buffers and leads last. */
const DRAIN_MS = 700;

/** What reached the visitor's ear, and when. */
export class Heard {
  readonly #sounds: HeardSound[] = [];

  begin(fromMs: number): void {
    this.end(fromMs);
    this.#sounds.push({ fromMs, toMs: null });
  }

  end(toMs: number): void {
    const last = this.#sounds.at(-1);
    if (last && last.toMs === null) last.toMs = Math.max(last.fromMs, toMs);
  }

  get sounding(): boolean {
    return this.#sounds.at(-1)?.toMs === null;
  }

  get last(): Readonly<HeardSound> | null {
    return this.#sounds.at(-1) ?? null;
  }

  /**
   * From a moment to the next new sound, in ms: what lasts beyond the drain was not broken at all (0), what was
   * sounding and ends within it is still the old. Null while nothing new was heard.
   */
  gapSince(ms: number, nowMs: number): number | null {
    const over = this.#sounds.find((sound) => sound.fromMs <= ms && (sound.toMs ?? nowMs) > ms + DRAIN_MS);
    if (over) return 0;
    const next = this.#sounds.find(({ fromMs }) => fromMs > ms);
    return next ? next.fromMs - ms : null;
  }
}

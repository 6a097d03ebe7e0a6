/** A stretch of sound, in ms since the epoch; `toMs` null while it lasts. */
export type HeardSound = { fromMs: number; toMs: number | null; ear: number };

/** A path that breaks is still heard for as long as jitter buffers and leads last. */
const DRAIN_MS = 700;
const LATEST_WORD_MS = 3_000;

/** What reached the visitor's ear, and when. */
export class Heard {
  readonly #sounds: HeardSound[] = [];

  /** Each received track has an ear of its own. */
  begin(fromMs: number, ear: number): void {
    this.end(fromMs, ear);
    this.#sounds.push({ fromMs, toMs: null, ear });
  }

  /** `ear` null: all of them, as when a page is gone. */
  end(toMs: number, ear: number | null = null): void {
    for (const sound of this.#sounds) {
      const open = sound.toMs === null && (ear === null || sound.ear === ear);
      if (open) sound.toMs = Math.max(sound.fromMs, toMs);
    }
  }

  get sounding(): boolean {
    return this.#sounds.some(({ toMs }) => toMs === null);
  }

  get last(): Readonly<HeardSound> | null {
    return this.#sounds.at(-1) ?? null;
  }

  /**
   * From a moment to the next new sound, in ms: what lasts beyond the drain was not broken at all (0), what was
   * sounding and ends within it is still the old. Null while nothing new was heard.
   */
  gapSince(ms: number, nowMs: number): number | null {
    // An end that a busy page tells late is not taken for a sound that lasts.
    const over = this.#sounds.find(
      ({ fromMs, toMs }) => fromMs <= ms && (toMs ?? nowMs - LATEST_WORD_MS) > ms + DRAIN_MS,
    );
    if (over) return 0;
    const next = this.#sounds.find(({ fromMs }) => fromMs > ms);
    return next ? next.fromMs - ms : null;
  }
}

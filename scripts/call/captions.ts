import type { Speaker, Transcript } from '../../shared/events.ts';

/** Both sides' captions in the order in which they began; a caption told anew replaces itself. */
export class Captions {
  readonly #byId = new Map<string, Transcript>();

  add(caption: Transcript): void {
    this.#byId.set(caption.id, caption);
  }

  /** How many there are; a mark for `said`. */
  get count(): number {
    return this.#byId.size;
  }

  /** Without the partial ones, which the server has taken back by never finishing them. */
  get finals(): Transcript[] {
    return [...this.#byId.values()].filter(({ final }) => final);
  }

  /** What one side said from one mark up to another, as one text. */
  said(speaker: Speaker, from: number, to = Number.POSITIVE_INFINITY): string {
    return [...this.#byId.values()]
      .slice(from, to)
      .filter((caption) => caption.speaker === speaker && caption.final)
      .map(({ text }) => text)
      .join(' ');
  }
}

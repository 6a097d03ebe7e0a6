import type { Transcript } from '../../shared/events.ts';

/** What was said, in order; a line told anew replaces the one with its id. */
export class TranscriptLog {
  readonly #lines = new Map<string, Transcript>();

  put(line: Transcript): void {
    this.#lines.set(line.id, line);
  }

  lines(): Transcript[] {
    return [...this.#lines.values()];
  }
}

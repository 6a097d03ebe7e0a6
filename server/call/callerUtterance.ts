import { newId } from '../../shared/ids.ts';
import type { Line } from './exchangeParts.ts';

/** What the caller is saying: its line, which is told anew as it grows, and what becomes of it. */
export class CallerUtterance {
  #id = newId('turn');
  #shown = false;
  #finished: (outcome: 'turn' | 'nothing') => void = () => {};

  /** Of its line. */
  get id(): string {
    return this.#id;
  }

  /** Some of it stands on the page, and not its end. */
  get shown(): boolean {
    return this.#shown;
  }

  /** Its line now; what comes after the final one is another. */
  line(text: string, final: boolean, heard?: Line['heard']): Line {
    const line: Line = { id: this.#id, speaker: 'caller', text, final, ...(heard && { heard }) };
    this.#shown = !final;
    if (final) this.#id = newId('turn');
    return line;
  }

  /** What the present sound turns out to be: a turn, or nothing. */
  outcome(): Promise<'turn' | 'nothing'> {
    return new Promise((resolve) => {
      this.#finished = resolve;
    });
  }

  finished(outcome: 'turn' | 'nothing'): void {
    this.#finished(outcome);
  }
}

import { createHash } from 'node:crypto';
import { Emitter } from '../../shared/emitter.ts';
import type { CallerTurn } from '../dialog/policy.ts';
import type { Standing, WaitingTurn } from './checkpoint.ts';

/** One turn has one answer: told anew by another process, it takes the place of the first. */
export function answerId(turnId: string): string {
  return `turn_${createHash('sha256').update(turnId).digest('hex').slice(0, 32)}`;
}

/** Follows who has to say something now. */
export class Course extends Emitter<{ moved: [] }> {
  /** Heard and not answered yet. */
  readonly #unanswered = new Set<WaitingTurn>();
  /** The reply that is being said; empty before its first word. */
  #saying: string | null = null;
  #callerSpeaks = false;

  /** A turn waits for its answer, until the returned function is called; then the reply, if there is one, waits to be said. */
  heard(id: string, { text, alternatives, confidence, channel }: CallerTurn): (replied: boolean) => void {
    const turn = { id, text, alternatives, confidence, channel };
    this.#unanswered.add(turn);
    this.emit('moved');
    return (replied) => {
      this.#unanswered.delete(turn);
      if (replied) this.says('');
      else this.emit('moved');
    };
  }

  /** A reply is being said, under this id; null: no more. */
  says(id: string | null): void {
    this.#saying = id;
    this.emit('moved');
  }

  /** From the caller's first sound until it is known what it was. */
  callerSpeaks(speaks: boolean): void {
    if (this.#callerSpeaks === speaks) return;
    this.#callerSpeaks = speaks;
    this.emit('moved');
  }

  /** `heardOf`: what was heard of a reply. */
  standing(heardOf: (id: string) => string | null): Standing {
    const saying = this.#saying;
    return {
      unanswered: [...this.#unanswered],
      heardText: saying === null ? null : (heardOf(saying) ?? ''),
      callerSpeaks: this.#callerSpeaks,
    };
  }
}

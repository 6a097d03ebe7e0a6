import { LanguageEvidence } from '../../shared/lid/evidence.ts';
import type { LanguageJudge } from '../../shared/lid/languageJudge.ts';
import type { Listened } from '../../shared/lid/utterance.ts';

export type JudgedSpeechEvents = {
  onLanguage: (language: string, confidence: number) => void;
  /** The judge is gone. */
  onFailed: (error: unknown) => void;
};

/** Has a judge recognise the language, one piece of speech after the other; while it is busy the latest one waits. */
export class JudgedSpeech {
  readonly #judge: LanguageJudge;
  readonly #events: JudgedSpeechEvents;
  readonly #evidence: LanguageEvidence;
  #waiting: Listened | null = null;
  #busy = false;
  #closed = false;

  constructor(judge: LanguageJudge, events: JudgedSpeechEvents) {
    this.#judge = judge;
    this.#events = events;
    this.#evidence = new LanguageEvidence(judge.labels);
  }

  /** Another utterance begins. */
  begin(): void {
    this.#evidence.begin();
  }

  hear(listened: Listened): void {
    this.#waiting = listened;
    if (!this.#busy) void this.#work();
  }

  close(): void {
    this.#closed = true;
    void this.#judge.close();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let next = this.#waiting; next && !this.#closed; next = this.#waiting) {
      this.#waiting = null;
      try {
        const scores = await this.#judge.judge(next.pcm16k);
        const { language, confidence } = this.#evidence.add(scores, next);
        if (language !== null && !this.#closed) this.#events.onLanguage(language, confidence);
      } catch (error) {
        if (!this.#closed) this.#events.onFailed(error);
        break;
      }
    }
    this.#busy = false;
  }
}

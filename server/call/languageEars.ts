import { LanguageEvidence } from '../../shared/lid/evidence.ts';
import { type Listened, Utterance } from '../../shared/lid/utterance.ts';
import type { LanguageIdEngine } from '../speech/languageId.ts';
import type { TurnDetector } from '../turns/turnDetector.ts';
import type { LanguageWatch } from './languageWatch.ts';

/**
 * Recognises the caller's language on the server when the device has not said it within the first utterance: for
 * telephones, old browsers and slow devices. What cannot be judged is left out; the call goes on without it.
 */
export class LanguageEars {
  readonly #engine: LanguageIdEngine;
  readonly #watch: LanguageWatch;
  readonly #evidence: LanguageEvidence;
  readonly #utterance: Utterance;
  #next: Listened | null = null;
  #judging = false;
  /** Whether the device has had its time to say it. */
  #mayJudge = false;
  #done = false;

  constructor(parts: { turns: TurnDetector; engine: LanguageIdEngine; watch: LanguageWatch }) {
    this.#engine = parts.engine;
    this.#watch = parts.watch;
    this.#evidence = new LanguageEvidence(parts.engine.labels);
    this.#utterance = new Utterance({
      onBegin: () => this.#evidence.begin(),
      onListened: (listened) => {
        this.#next = listened;
        void this.#judge();
      },
    });
    parts.turns.on('audio', (pcm16k) => {
      if (!this.#done) this.#utterance.push(pcm16k, true);
    });
    parts.turns.on('turnEnd', () => {
      if (this.#done) return;
      this.#utterance.end();
      if (!this.#next) return;
      this.#mayJudge = true;
      void this.#judge();
    });
  }

  /** The device says it: nothing more to do here. Also the end of it all. */
  close(): void {
    this.#done = true;
    this.#next = null;
  }

  async #judge(): Promise<void> {
    if (this.#judging || !this.#mayJudge) return;
    this.#judging = true;
    for (let listened = this.#next; listened && !this.#done; listened = this.#next) {
      this.#next = null;
      const { seconds, ended } = listened;
      const scores = await this.#engine.judge(listened.pcm16k).catch(() => null);
      if (scores && !this.#done) this.#watch.server(this.#evidence.add(scores, { seconds, ended }));
    }
    this.#judging = false;
  }
}

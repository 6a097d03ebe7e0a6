import { Emitter } from '../../shared/emitter.ts';
import type { LanguageGuess, LanguageHint } from '../../shared/events.ts';
import type { CallerTurn } from '../dialog/policy.ts';
import type { LanguageIdEngine } from '../speech/languageId.ts';
import type { TurnDetector } from '../turns/turnDetector.ts';
import { LanguageEars } from './languageEars.ts';
import { LanguageWatch } from './languageWatch.ts';

/** What the caller's language is taken for, by all that is heard and read of it. */
export class CallerLanguage extends Emitter<{ heard: [guess: LanguageGuess] }> {
  readonly #watch: LanguageWatch;
  #ears: LanguageEars | null = null;

  constructor(callLanguage: string) {
    super();
    this.#watch = new LanguageWatch(callLanguage);
    this.#watch.on('heard', (guess) => this.emit('heard', guess));
  }

  /** Listens as long as the device does not say it; it copies what the recogniser then owns. */
  listen(turns: TurnDetector, engine: LanguageIdEngine): void {
    this.#ears = new LanguageEars({ turns, engine, watch: this.#watch });
  }

  /** What the device takes it for. */
  device(hint: LanguageHint): void {
    this.#ears?.close();
    this.#watch.device(hint);
  }

  /** A turn was answered. */
  answered({ text, confidence, channel }: CallerTurn, understood: boolean): void {
    if (channel === 'text') this.#watch.read(text);
    else this.#watch.spoken({ text, confidence, understood });
  }

  close(): void {
    this.#ears?.close();
    this.removeAllListeners();
  }
}

import type { LanguageGuess } from '../../shared/events.ts';
import { CallerLanguage } from './callerLanguage.ts';
import { CallerSpeech } from './callerSpeech.ts';
import type { CallHoldings } from './callHoldings.ts';
import type { CallModel } from './callModel.ts';

export type HeardCallerParts = {
  holdings: () => CallHoldings | null;
  model: () => CallModel;
  nowMs: () => number;
  onSpeech: (active: boolean) => void;
  onLanguage: (guess: LanguageGuess) => void;
};

/** What device and server hear of the caller: told when it changes; the server takes what the device hears as a hint. */
export class HeardCaller {
  readonly #parts: HeardCallerParts;
  readonly #speech = new CallerSpeech();
  readonly #language: CallerLanguage;

  constructor(parts: HeardCallerParts) {
    this.#parts = parts;
    this.#language = new CallerLanguage(parts.onLanguage);
  }

  /** Nothing was heard in this call. */
  begin(): void {
    this.#speech.reset();
    this.#language.reset();
  }

  /** Shown at once. */
  device(active: boolean, confidence: number): void {
    const { holdings, model, nowMs } = this.#parts;
    const { signalling, voice } = holdings() ?? {};
    const { muted, state } = model();
    if (!signalling || muted || state !== 'live') return;
    const hint = { active, confidence, atMs: Math.round(nowMs()) };
    // The quick way may lose it, the sure one may be late; the server takes what comes first.
    voice?.link?.sendHint(hint);
    signalling.send('hint.speech', hint);
    this.#tell(this.#speech.device(active));
  }

  /** Null: the device hears no language, so the browser's is taken. */
  deviceLanguage(language: string | null, confidence: number): void {
    const hint = this.#language.device(language, confidence, navigator.languages);
    if (hint) this.#parts.holdings()?.signalling?.send('hint.language', hint);
  }

  server(active: boolean): void {
    this.#tell(this.#speech.server(active));
  }

  serverLanguage(guess: LanguageGuess): void {
    this.#language.server(guess);
  }

  /** What was heard last may be over by now. */
  reset(): void {
    this.#tell(this.#speech.reset());
  }

  #tell(active: boolean | null): void {
    if (active !== null) this.#parts.onSpeech(active);
  }
}

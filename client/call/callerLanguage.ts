import type { LanguageGuess, LanguageHint } from '../../shared/events.ts';

/** What a visitor has set their browser to is a preference, and nobody has heard it. */
const PREFERENCE = 0.5;

/** The caller's language from several sources: told when it becomes known or another one. */
export class CallerLanguage {
  readonly #tell: (guess: LanguageGuess) => void;
  #told: string | null = null;
  #fallbackTold = false;

  constructor(tell: (guess: LanguageGuess) => void) {
    this.#tell = tell;
  }

  /**
   * What the device hears; null: it hears none, so the visitor's own settings are taken, once. Answers what the server
   * is to be told, if anything.
   */
  device(language: string | null, confidence: number, preferred: readonly string[]): LanguageHint | null {
    if (language === null) {
      this.#fallBack(preferred);
      return null;
    }
    const hint = { language, confidence: Math.round(confidence * 100) / 100 };
    return this.#change({ ...hint, source: 'device' }) ? hint : null;
  }

  server(guess: LanguageGuess): void {
    this.#change(guess);
  }

  reset(): void {
    this.#told = null;
    this.#fallbackTold = false;
  }

  #fallBack(preferred: readonly string[]): void {
    const primary = preferred[0]?.toLowerCase().split('-')[0];
    if (!primary || this.#fallbackTold || this.#told !== null) return;
    this.#fallbackTold = true;
    this.#change({ language: primary, confidence: PREFERENCE, source: 'browser' });
  }

  #change(guess: LanguageGuess): boolean {
    if (guess.language === this.#told) return false;
    this.#told = guess.language;
    this.#tell(guess);
    return true;
  }
}

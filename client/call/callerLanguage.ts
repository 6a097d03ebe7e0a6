import type { LanguageGuess } from '../../shared/events.ts';

/** What a visitor has set their browser to is a preference, and nobody has heard it. */
const PREFERENCE = 0.5;

/** The caller's language from several sources: told when it becomes known or another one. */
export class CallerLanguage {
  #told: string | null = null;
  #fallbackTold = false;

  /** What the device hears; null: it hears none, so the visitor's own settings are taken, once. */
  device(language: string | null, confidence: number, preferred: readonly string[]): LanguageGuess | null {
    if (language !== null) return this.#tell({ language, confidence: rounded(confidence), source: 'device' });
    const primary = preferred[0]?.toLowerCase().split('-')[0];
    if (!primary || this.#fallbackTold || this.#told !== null) return null;
    this.#fallbackTold = true;
    return this.#tell({ language: primary, confidence: PREFERENCE, source: 'browser' });
  }

  /** Whether what the server says is to be told. */
  server(guess: LanguageGuess): boolean {
    return this.#tell(guess) !== null;
  }

  reset(): void {
    this.#told = null;
    this.#fallbackTold = false;
  }

  #tell(guess: LanguageGuess): LanguageGuess | null {
    if (guess.language === this.#told) return null;
    this.#told = guess.language;
    return guess;
  }
}

function rounded(share: number): number {
  return Math.round(share * 100) / 100;
}

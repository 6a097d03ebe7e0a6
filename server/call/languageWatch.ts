import { Emitter } from '../../shared/emitter.ts';
import type { LanguageGuess, LanguageHint } from '../../shared/events.ts';
import type { LanguageBelief } from '../../shared/lid/evidence.ts';
import { textLanguage } from '../speech/textLanguage.ts';

/** A device is believed less than the server's own ears: it may say anything. */
const DEVICE = 0.7;
/** Hints that are listened to in one call; a language is changed a few times at most. */
const MOST_HINTS = 60;
/** A spoken turn understood in the call's language leaves so much of the doubt about it, one not understood of the belief. */
const DOUBT_LEFT = 0.4;
const BELIEF_LEFT = 0.5;
/** Words, and the recogniser's confidence, from which a turn says anything; both are often high for foreign speech. */
const LEAST_WORDS = 3;
const LEAST_CONFIDENCE = 0.7;
/** How much must speak for a language, and how much more than for any other. */
const ENOUGH = 0.6;
const LEAD = 0.15;

type Source = Exclude<LanguageGuess['source'], 'browser'>;
type Opinion = { language: string; weight: number; confidence: number };

/** A spoken turn and what became of it. */
export type SpokenTurn = { text: string; confidence: number; understood: boolean };

/**
 * The one decision on the caller's language: joins what the device says, what the server hears, what is written, and
 * whether the dialog understands the caller in the language of the call. Emits `heard` when it becomes known or another
 * one. A hint alone decides only while nothing speaks against it.
 */
export class LanguageWatch extends Emitter<{ heard: [guess: LanguageGuess] }> {
  readonly #callLanguage: string;
  readonly #opinions = new Map<Source, Opinion>();
  #understanding = 0;
  #known: string | null = null;
  #hints = 0;
  #unheeded: string | null = null;

  constructor(callLanguage: string) {
    super();
    this.#callLanguage = callLanguage;
  }

  device({ language, confidence }: LanguageHint): void {
    if (this.#hints >= MOST_HINTS) return;
    this.#hints += 1;
    this.#opinions.set('device', { language, weight: DEVICE * confidence, confidence });
    this.#decide();
    // What the device has told its page is taken back when something better is known.
    this.#unheeded = language === this.#known ? null : language;
  }

  server({ language, confidence }: LanguageBelief): void {
    if (language === null) this.#opinions.delete('server');
    else this.#opinions.set('server', { language, weight: confidence, confidence });
    this.#decide();
  }

  read(text: string): void {
    const guess = textLanguage(text);
    if (!guess) return;
    this.#opinions.set('text', { ...guess, weight: guess.confidence });
    this.#decide();
  }

  spoken({ text, confidence, understood }: SpokenTurn): void {
    if (text.split(' ').length < LEAST_WORDS) return;
    const clear = understood && confidence >= LEAST_CONFIDENCE;
    this.#understanding = clear
      ? 1 - DOUBT_LEFT * (1 - this.#understanding)
      : BELIEF_LEFT * this.#understanding;
    this.#decide();
  }

  #decide(): void {
    const sums = new Map<string, number>([[this.#callLanguage, this.#understanding]]);
    for (const { language, weight } of this.#opinions.values()) {
      sums.set(language, (sums.get(language) ?? 0) + weight);
    }
    const [best, next] = [...sums].sort(([, a], [, b]) => b - a);
    if (!best || best[1] < ENOUGH || best[1] - (next?.[1] ?? 0) < LEAD) return;
    const [language] = best;
    if (language === this.#known && this.#unheeded === null) return;
    this.#known = language;
    this.#unheeded = null;
    this.emit('heard', this.#guess(language));
  }

  /** Told with the source that says most for it. */
  #guess(language: string): LanguageGuess {
    let told: LanguageGuess = { language, confidence: this.#understanding, source: 'text' };
    let most = language === this.#callLanguage ? this.#understanding : 0;
    for (const [source, opinion] of this.#opinions) {
      if (opinion.language !== language || opinion.weight <= most) continue;
      most = opinion.weight;
      told = { language, confidence: opinion.confidence, source };
    }
    return { ...told, confidence: Math.round(told.confidence * 100) / 100 };
  }
}

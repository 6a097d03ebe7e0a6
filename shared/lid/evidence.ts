/** The model is surer than it is right; measured on real recordings, half of its odds are believed. */
const TEMPERATURE = 2;
/** Of what was found before, so much is still believed when the next utterance begins. */
const REMEMBERED = 0.35;
/** Seconds from which a window, and the end of an utterance, is taken for all that there is to hear. */
const WHOLE_S = 4.8;
const SHORT_S = 3;
/** How sure it has to be: early, in a short utterance, with all there is; and to change its mind. */
const EARLY = 0.99;
const SHORT = 0.97;
const WHOLE = 0.8;
const CHANGE = 0.95;

/** What is believed now; a null language: not known. */
export type LanguageBelief = { language: string | null /** 0…1, of the likeliest. */; confidence: number };

/**
 * Joins a model's answers over windows and utterances: the mean of their logarithms, longer windows counting more, so
 * that one window which is sure and wrong does not decide.
 */
export class LanguageEvidence {
  readonly #labels: readonly string[];
  #sum: number[];
  #weight = 0;
  #known: string | null = null;

  /** `labels` of the scores, in order; `noise` is none of the languages. */
  constructor(labels: readonly string[]) {
    this.#labels = labels;
    this.#sum = labels.map(() => 0);
  }

  /** Another utterance begins: it may be in another language, or somebody else's. */
  begin(): void {
    this.#sum = this.#sum.map((value) => value * REMEMBERED);
    this.#weight *= REMEMBERED;
  }

  /** Scores: logarithms of odds of a window of speech. Answers what is believed with them. */
  add(scores: ArrayLike<number>, window: { seconds: number; ended: boolean }): LanguageBelief {
    const logs = logProbabilities(Array.from(scores, (score) => score / TEMPERATURE));
    // A longer window holds the shorter ones before it.
    const weight = window.seconds ** 3;
    this.#sum = this.#sum.map((value, at) => value + weight * (logs[at] as number));
    this.#weight += weight;
    const mean = logProbabilities(this.#sum.map((value) => value / this.#weight));
    const best = mean.indexOf(Math.max(...mean));
    const confidence = Math.exp(mean[best] as number);
    const language = this.#labels[best] as string;
    if (language !== 'noise' && confidence >= this.#enough(language, window)) this.#known = language;
    return { language: language === this.#known ? language : null, confidence };
  }

  #enough(language: string, { seconds, ended }: { seconds: number; ended: boolean }): number {
    const whole = seconds >= WHOLE_S || (ended && seconds >= SHORT_S);
    const enough = whole ? WHOLE : ended ? SHORT : EARLY;
    return this.#known === null || this.#known === language ? enough : Math.max(enough, CHANGE);
  }
}

function logProbabilities(scores: readonly number[]): number[] {
  const highest = Math.max(...scores);
  const sum = Math.log(scores.reduce((all, score) => all + Math.exp(score - highest), 0)) + highest;
  return scores.map((score) => score - sum);
}

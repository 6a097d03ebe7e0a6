import type { Sentence } from '../policy.ts';

/** What of a reply reached the caller before it was interrupted. */
export type HeardPart = {
  /** Sentences of which at least the end is missing. */
  unheard: Sentence[];
  /** True when the last sentence, the question, was heard far enough to be answered. */
  questionHeard: boolean;
};

/** People answer before the last words: so many may be missing. */
const WORDS_TO_SPARE = 2;

export function heardPart(sentences: readonly Sentence[], heardText: string): HeardPart {
  let left = wordCount(heardText);
  const unheard: Sentence[] = [];
  let questionHeard = true;
  for (const sentence of sentences) {
    const length = wordCount(sentence.text);
    if (left < length - WORDS_TO_SPARE || (left === 0 && length > 0)) {
      unheard.push(sentence);
      questionHeard = false;
    }
    left = Math.max(0, left - length);
  }
  return { unheard, questionHeard };
}

function wordCount(text: string): number {
  return text.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

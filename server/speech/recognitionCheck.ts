import type { Recognition } from './stt.ts';

/** Nobody says more characters a second. */
const MOST_CHARACTERS_PER_SECOND = 60;
const MOST_EXTRA_CHARACTERS = 100;

/** Whether an engine's answer to `seconds` of sound can be one: its shape, its numbers, and no more words than fit. */
export function isRecognition(answer: unknown, seconds: number): answer is Recognition {
  if (typeof answer !== 'object' || answer === null) return false;
  const { text, confidence, words, alternatives } = answer as Partial<Record<keyof Recognition, unknown>>;
  return (
    typeof text === 'string' &&
    text.length <= MOST_EXTRA_CHARACTERS + seconds * MOST_CHARACTERS_PER_SECOND &&
    typeof confidence === 'number' &&
    confidence >= 0 &&
    confidence <= 1 &&
    Array.isArray(words) &&
    Array.isArray(alternatives) &&
    alternatives.every((other) => typeof other === 'string')
  );
}

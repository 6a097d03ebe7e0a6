import type { Expectation } from './expectation.ts';
import { asks, endsOpen, isHalfSentence } from './openEnds.ts';
import { trailingDigits } from './spokenDigits.ts';

export type EndpointQuestion = {
  /** What the caller has said in this turn so far; null while the recogniser still works on it. */
  text: string | null;
  language: string;
  expectation: Expectation;
  /** How many digits were asked for, where known. */
  digits: number | null;
  /** More waiting for a caller who pauses a lot, in milliseconds. */
  patienceMs: number;
  /** How much the end of the speech sounds like one, 0…1; null where that cannot be told. */
  finality: number | null;
  /** More waiting because the device still hears the caller, in milliseconds. */
  deviceMs: number;
};

export type EndpointRule = {
  /** Silence after which the turn is over. */
  waitMs: number;
  reason:
    | 'answer'
    | 'complete'
    | 'short'
    | 'number'
    | 'half-number'
    | 'dictation'
    | 'half-sentence'
    | 'open-end'
    | 'no-words';
};

/**
 * Waiting times in milliseconds. Gaps between speakers are about 200 ms and pauses inside a turn mostly under a
 * second (Heldner & Edlund 2010, "Pauses, gaps and overlaps in conversations"), so a finished sentence waits for
 * 400 ms, and what is plainly unfinished for over a second.
 */
const WAIT = {
  answer: 300,
  complete: 400,
  short: 480,
  number: 360,
  'half-number': 950,
  dictation: 900,
  'half-sentence': 750,
  'open-end': 1_000,
  'no-words': 600,
} as const;

/** Most that a voice's fall or rise takes from a wait, or adds: see `prosody.ts` for why it is no more. */
const VOICE_MS = 40;
const VOICE_TELLS: readonly EndpointRule['reason'][] = ['complete', 'short', 'no-words'];
/** Fewer digits at the end than that are hardly a whole number of an order. */
const WHOLE_NUMBER_DIGITS = 5;
const DICTATED: readonly Expectation[] = ['address', 'email'];
const FINISHED: readonly EndpointRule['reason'][] = ['answer', 'complete', 'short', 'number'];
const LONGEST_ANSWER_WORDS = 3;
const FEWEST_SENTENCE_WORDS = 3;

/** How long to wait before the turn counts as over, and why. Pure. */
export function endpoint(question: EndpointQuestion): EndpointRule {
  const reason = reasonOf(question);
  const hurried = reason === 'answer' || reason === 'number';
  const patienceMs = hurried ? 0 : question.patienceMs;
  return { reason, waitMs: WAIT[reason] + patienceMs + voiceMs(question, reason) + question.deviceMs };
}

/** A voice that has fallen has rather finished; one that rises at a question's end has, too. */
function voiceMs({ finality, text, language }: EndpointQuestion, reason: EndpointRule['reason']): number {
  if (finality === null || !VOICE_TELLS.includes(reason)) return 0;
  const final = text !== null && asks(text, language) ? Math.max(finality, 1 - finality) : finality;
  return Math.round(2 * VOICE_MS * (0.5 - final));
}

/** Whether a turn that ends so needs nothing more to be understood: worth an early reply. */
export function soundsFinished(reason: EndpointRule['reason']): boolean {
  return FINISHED.includes(reason);
}

function reasonOf({ text, language, expectation, digits }: EndpointQuestion): EndpointRule['reason'] {
  if (text === null || text === '') return 'no-words';
  const words = text.split(' ').length;
  if ((expectation === 'yesNo' || expectation === 'choice') && words <= LONGEST_ANSWER_WORDS) return 'answer';
  const spoken = trailingDigits(text, language);
  if (spoken > 0) {
    const whole = digits ?? WHOLE_NUMBER_DIGITS;
    if (spoken >= whole) return 'number';
    if (expectation === 'digits' || spoken > 1) return 'half-number';
  }
  if (endsOpen(text, language)) return 'open-end';
  if (isHalfSentence(text, language)) return 'half-sentence';
  if (DICTATED.includes(expectation)) return 'dictation';
  if (words >= FEWEST_SENTENCE_WORDS) return 'complete';
  return expectation === 'digits' ? 'dictation' : 'short';
}

import type { Spotted } from '../speech/stt.ts';
import { isBackchannel, meantWords, wantsSilence, wordsOf } from './backchannel.ts';
import type { Expectation } from './expectation.ts';
import { spottedAs } from './spotting.ts';

/** Speech of the caller while the assistant talks, as far as it is known. */
export type Overlap = {
  /** How long it has lasted, or lasted in all. */
  speechMs: number;
  /** Whether the caller has fallen silent and all of it is recognised. */
  ended: boolean;
  /** Whether the assistant is silent meanwhile: then a short word can be waited for until all of it is recognised. */
  silent: boolean;
  /** What is recognised of it so far. */
  text: string;
  /** The recogniser's other readings of it. */
  alternatives: readonly string[];
  /** Readings as short phrases, segment by segment; null where the recogniser does not tell. */
  spotted: readonly (readonly Spotted[])[] | null;
  /** What the assistant has just been saying. */
  spokenText: string;
  /** How much it still had to say. */
  remainingMs: number;
  language: string;
  /** What the assistant asks for in what it is saying. */
  expectation: Expectation;
};

export type Verdict =
  | { verdict: 'wait' }
  | { verdict: 'interrupt'; reason: 'stop' | 'words' | 'answer' | 'long' }
  | { verdict: 'drop'; reason: 'backchannel' | 'echo' | 'sound' };

/** Without a word recognised, longer speech is meant: a cough or "mm-hm" is shorter. */
const LONG_MS = 1_600;
/** Nobody says "right" for that long. */
/** Two sounds of a listener, as in "okay, I see", said slowly. */
const LONGEST_SPOTTED_MS = 1_500;
const LONG_BACKCHANNEL_MS = 2_000;
/** A word or two may be misheard: until speech has lasted that long, it is decided when all of it is recognised. */
const FEW_WORDS = 2;
const FEW_WORDS_MS = 1_600;
/** Words of the assistant that come back, in the same order, from its own loudspeaker. */
const ECHO_SHARE = 0.7;
const FEWEST_ECHO_WORDS = 2;
/** In the last words of a question, "right" is its answer. */
const LAST_WORDS_MS = 1_500;
const ANSWERED_IN_A_WORD: readonly Expectation[] = ['yesNo', 'choice'];

/** Whether what the caller says over the assistant is meant to stop it. Pure. */
export function judgeOverlap(overlap: Overlap): Verdict {
  const { text, spokenText, language, ended, speechMs, silent } = overlap;
  const words = wordsOf(text);
  if (isEcho(words, wordsOf(spokenText), language)) {
    return ended ? { verdict: 'drop', reason: 'echo' } : { verdict: 'wait' };
  }
  if (wantsSilence(words, language)) {
    const short = words.length <= FEW_WORDS && speechMs < FEW_WORDS_MS;
    if (short && silent && !ended) return { verdict: 'wait' };
    // "Uh-huh" is heard as "no her".
    if (short && ended && spottedIn(overlap) === 'backchannel') return judgeSpotted(overlap);
    return { verdict: 'interrupt', reason: 'stop' };
  }
  const meant = meantWords(words, language).length;
  if (meant > FEW_WORDS || (meant > 0 && speechMs >= FEW_WORDS_MS)) {
    return { verdict: 'interrupt', reason: 'words' };
  }
  if (meant > 0) return ended ? judgeFewWords(overlap) : { verdict: 'wait' };
  const listening = isBackchannel(text, language);
  if (listening && isAnswer(overlap)) return { verdict: 'interrupt', reason: 'answer' };
  if (speechMs >= (listening ? LONG_BACKCHANNEL_MS : LONG_MS))
    return { verdict: 'interrupt', reason: 'long' };
  if (!ended) return { verdict: 'wait' };
  if (!listening && spottedIn(overlap) === 'stop') return { verdict: 'interrupt', reason: 'stop' };
  return { verdict: 'drop', reason: listening ? 'backchannel' : 'sound' };
}

/** Short words are misheard most, and "right" is among the other readings of "fried". */
function judgeFewWords(overlap: Overlap): Verdict {
  const { alternatives, language, spotted } = overlap;
  if (spotted) return judgeSpotted(overlap);
  if (alternatives.some((reading) => wantsSilence(wordsOf(reading), language))) {
    return { verdict: 'interrupt', reason: 'stop' };
  }
  if (!alternatives.some((reading) => isBackchannel(reading, language))) {
    return { verdict: 'interrupt', reason: 'words' };
  }
  return isAnswer(overlap)
    ? { verdict: 'interrupt', reason: 'answer' }
    : { verdict: 'drop', reason: 'backchannel' };
}

/** Where short phrases are compared with all that it may have been, other readings have nothing to add. */
function judgeSpotted(overlap: Overlap): Verdict {
  const spotted = spottedIn(overlap);
  if (spotted === 'stop') return { verdict: 'interrupt', reason: 'stop' };
  if (spotted === null || overlap.speechMs > LONGEST_SPOTTED_MS) {
    return { verdict: 'interrupt', reason: 'words' };
  }
  return isAnswer(overlap)
    ? { verdict: 'interrupt', reason: 'answer' }
    : { verdict: 'drop', reason: 'backchannel' };
}

function spottedIn({ spotted, language }: Overlap): 'backchannel' | 'stop' | null {
  return spotted && spottedAs(spotted, language);
}

function isAnswer({ expectation, remainingMs }: Overlap): boolean {
  return ANSWERED_IN_A_WORD.includes(expectation) && remainingMs <= LAST_WORDS_MS;
}

/** Whether the words are the assistant's own. One word of its sentence counts, unless it is one that callers say. */
function isEcho(words: readonly string[], spoken: readonly string[], language: string): boolean {
  const [only] = words;
  if (only === undefined) return false;
  if (words.length < FEWEST_ECHO_WORDS) {
    return spoken.includes(only) && meantWords(words, language).length > 0 && !wantsSilence(words, language);
  }
  return commonInOrder(words, spoken) >= ECHO_SHARE * words.length;
}

/** Length of the longest common subsequence. */
function commonInOrder(words: readonly string[], spoken: readonly string[]): number {
  let row = new Array<number>(spoken.length + 1).fill(0);
  for (const word of words) {
    const next = [0];
    spoken.forEach((other, at) => {
      next.push(word === other ? (row[at] ?? 0) + 1 : Math.max(next[at] ?? 0, row[at + 1] ?? 0));
    });
    row = next;
  }
  return row.at(-1) ?? 0;
}

import type { Recognition, Spotted, Word } from '../stt.ts';

type RawWord = { word: string; start: number; end: number };
type RawAlternative = { text: string; confidence: number; result?: RawWord[] };

/** Seconds that two readings may disagree about a word's place and still mean the same sound. */
const SAME_PLACE_S = 0.15;

/** Softens the softmax, because the list is short: readings weigh as if the model were less sure of itself. */
const TEMPERATURE = 0.3;

/**
 * libvosk's n-best list as a recognition. Its `confidence` of a reading is a log-likelihood of the whole segment
 * (acoustic scale 1), so readings weigh as its softened softmax; a word's confidence is the weight of the readings
 * that have that word at that place, as in a confusion network. `fromS` is subtracted from all times.
 */
export function readVoskResult(json: string, fromS: number): Recognition {
  const { alternatives = [] } = JSON.parse(json) as { alternatives?: RawAlternative[] };
  const best = alternatives[0];
  const text = best?.text.trim() ?? '';
  if (!best || !text) return { text: '', confidence: 0, words: [], alternatives: [] };

  const likelihoods = alternatives.map(({ confidence }) =>
    Math.exp(TEMPERATURE * (confidence - best.confidence)),
  );
  const total = likelihoods.reduce((sum, likelihood) => sum + likelihood, 0);
  const confidenceOf = (word: RawWord) =>
    alternatives.reduce((sum, { result = [] }, index) => {
      const has = result.some(
        (other) => other.word === word.word && Math.abs(other.start - word.start) <= SAME_PLACE_S,
      );
      return has ? sum + (likelihoods[index] as number) / total : sum;
    }, 0);
  const words = (best.result ?? []).map((word): Word => {
    const startMs = Math.max(0, Math.round((word.start - fromS) * 1000));
    return {
      text: word.word,
      startMs,
      endMs: Math.max(startMs, Math.round((word.end - fromS) * 1000)),
      confidence: Math.min(1, confidenceOf(word)),
    };
  });
  const others = new Set(alternatives.slice(1).map((alternative) => alternative.text.trim()));
  others.delete(text);
  others.delete('');
  return {
    text,
    confidence: words.length ? words.reduce((sum, word) => sum + word.confidence, 0) / words.length : 0,
    words,
    alternatives: [...others],
  };
}

/** The readings of a recogniser of few phrases, measured against the best reading of one that knows all words. */
export function readSpotted(json: string, openJson: string): Spotted[] {
  const { alternatives = [] } = JSON.parse(json) as { alternatives?: RawAlternative[] };
  const open = JSON.parse(openJson) as { alternatives?: RawAlternative[] };
  const best = open.alternatives?.[0]?.confidence;
  if (best === undefined) return [];
  return alternatives.map(({ text, confidence }) => ({ text: text.trim(), margin: confidence - best }));
}

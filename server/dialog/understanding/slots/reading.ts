import type { SlotQuestion, SlotReading } from '../slot.ts';
import { bounded } from '../words.ts';

/** Other readings of the same audio that slots look at, and what each place behind the first costs. */
const MOST_ALTERNATIVES = 4;
const LOSS_BY_RANK = 0.06;
const MOST_READINGS = 8;

/** What was heard and its alternatives, each with its loss of confidence. */
export function heard(question: SlotQuestion): { text: string; loss: number }[] {
  return [question.text, ...question.alternatives.slice(0, MOST_ALTERNATIVES)].map((text, rank) => ({
    text: bounded(text),
    loss: rank * LOSS_BY_RANK,
  }));
}

/** One reading a value, the surest; best first. */
export function ranked(readings: readonly SlotReading[]): SlotReading[] {
  const best = new Map<string, SlotReading>();
  for (const reading of readings) {
    const key = JSON.stringify(reading.value);
    const other = best.get(key);
    if (!other || reading.confidence > other.confidence) best.set(key, reading);
  }
  return [...best.values()]
    .map((reading) => ({ ...reading, confidence: Math.max(0, Math.min(1, reading.confidence)) }))
    .sort((a, b) => b.confidence - a.confidence)
    .slice(0, MOST_READINGS);
}

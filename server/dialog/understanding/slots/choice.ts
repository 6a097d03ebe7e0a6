import { pickLanguage } from '../../../../shared/language.ts';
import { soundsLike } from '../phonetic.ts';
import type { SlotQuestion, SlotReading } from '../slot.ts';
import { type Word, wordsOf } from '../words.ts';
import { NEGATORS, ORDINALS } from './choiceWords.ts';
import { heard, ranked } from './reading.ts';

/** Words of a window have to sound at least this much like the name of a choice. */
const NEAR = 0.62;
const EXACT = 0.94;
const MOST_CHOICES = 50;
const MOST_WORDS = 60;
const LONGEST_NAME = 6;
/** Words between a negation and the choice that it excludes ("not the blue one"). */
const NEGATION_REACH = 2;
/** A choice that is this near to the best one has to be asked for. */
const RIVAL = 0.08;

type Match = { sure: number; from: number; to: number };

/** The key of one of `spec.choices`, by what it is called, what it sounds like or its place ("the second one"). */
export function readChoice(question: SlotQuestion): SlotReading[] {
  const choices = Object.entries(question.spec.choices ?? {}).slice(0, MOST_CHOICES);
  const found: SlotReading[] = [];
  for (const { text, loss } of heard(question)) {
    const words = wordsOf(text).slice(0, MOST_WORDS);
    const add = (value: string, match: Match) => {
      const source = text.slice(words[match.from]?.start, words[match.to - 1]?.end);
      const confidence = (question.asked ? match.sure : match.sure - 0.15) - loss;
      found.push({ value, source, confidence, resolved: match.sure < 0.9 });
    };
    const matches = choices.flatMap(([value, ways]) => {
      const match = bestMatch(words, [value, ...ways], question.language);
      return match ? [{ value, match }] : [];
    });
    for (const { value, match } of matches) {
      if (!matches.some((other) => other.value !== value && outdoes(other.match, match))) add(value, match);
    }
    const place =
      matches.length === 0 && question.asked ? ordinalIn(words, choices.length, question.language) : null;
    const chosen = place ? choices[place.index] : undefined;
    if (place && chosen) add(chosen[0], place);
  }
  const readings = ranked(found);
  const [best, second] = readings;
  // Two choices that fit equally well are no answer yet.
  if (best && second && best.confidence - second.confidence < RIVAL) {
    return readings.map((reading) => ({ ...reading, confidence: Math.min(reading.confidence, 0.55) }));
  }
  return readings;
}

/** A name that was said to the letter rules out shorter and vaguer ones in the same words. */
function outdoes(a: Match, b: Match): boolean {
  const overlap = a.from < b.to && b.from < a.to;
  return overlap && a.sure >= EXACT && (b.sure < EXACT || a.to - a.from > b.to - b.from);
}

function bestMatch(words: readonly Word[], names: readonly string[], language: string): Match | null {
  let best: Match | null = null;
  for (const name of names) {
    const parts = wordsOf(name)
      .map(({ text }) => text)
      .slice(0, LONGEST_NAME);
    if (parts.length === 0) continue;
    const joined = parts.join(' ');
    for (let from = 0; from < words.length; from++) {
      for (const size of new Set([parts.length, parts.length + 1, Math.max(1, parts.length - 1)])) {
        const to = from + size;
        if (to > words.length || isNegated(words, from, language)) continue;
        const said = words
          .slice(from, to)
          .map(({ text }) => text)
          .join(' ');
        // Longer names leave less to chance, so that "dark blue" beats "blue".
        const bonus = Math.min(0.04, parts.length * 0.01);
        const sure = said === joined ? EXACT + bonus : 0.85 * likeness(said, joined);
        if (sure >= 0.85 * NEAR && sure > (best?.sure ?? 0)) best = { sure, from, to };
      }
    }
  }
  return best;
}

/** Spaces are nothing to the ear: "air pods" is "airpods". Very short names must be said exactly. */
function likeness(said: string, name: string): number {
  const [a, b] = [said.replaceAll(' ', ''), name.replaceAll(' ', '')];
  return Math.min(a.length, b.length) < 3 ? 0 : soundsLike(a, b);
}

function isNegated(words: readonly Word[], from: number, language: string): boolean {
  const negators = NEGATORS[pickLanguage([language])];
  return words.slice(Math.max(0, from - NEGATION_REACH), from).some(({ text }) => negators.includes(text));
}

function ordinalIn(
  words: readonly Word[],
  count: number,
  language: string,
): (Match & { index: number }) | null {
  const table = ORDINALS[pickLanguage([language])];
  for (let from = 0; from < words.length; from++) {
    const word = words[from]?.text ?? '';
    const at = { from, to: from + 1, sure: 0.92 };
    if (table.last.includes(word)) return { ...at, index: count - 1 };
    const place = table.places.findIndex((ways) => ways.includes(word));
    if (place >= 0 && place < count && !isNegated(words, from, language)) return { ...at, index: place };
    const previous = words[from - 1]?.text ?? '';
    const number = Number(word) - 1;
    const cardinal = /^\d$/.test(word) ? number : table.cardinals.indexOf(word);
    const bare = words.length === 1 || table.labels.includes(previous);
    if (bare && cardinal >= 0 && cardinal < count) return { ...at, index: cardinal };
  }
  return null;
}

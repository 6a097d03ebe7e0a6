import { soundsLike } from '../phonetic.ts';
import type { Stemmed } from './stemming.ts';

/** A stem of the vocabulary that may be meant, and how sure that is (0…1). */
export type Meant = { stem: string; weight: number };

/** What is made of one word of an utterance. */
export type Explained = Stemmed & {
  /** Best first; empty for a word that is like no known one. */
  meant: readonly Meant[];
  /** Concepts of the word as it was said. */
  concepts: readonly string[];
};

/** Words that sound less alike than this are not taken for one another; two words for one have to be nearer. */
const NEAR = 0.56;
const NEAR_JOINED = 0.64;
const MOST_NEAR = 3;
/** Shorter words sound like too many others. */
const SHORTEST = 3;
const SHORTEST_JOINED = 5;
const MOST_CACHED = 5000;

/** The words of all examples, and which of them a word outside may be a mishearing of. */
export class Vocabulary {
  readonly #words = new Map<string, string>();
  readonly #stems = new Set<string>();
  readonly #near = new Map<string, Meant[]>();
  readonly #concepts: ReadonlyMap<string, readonly string[]>;

  constructor(concepts: ReadonlyMap<string, readonly string[]>) {
    this.#concepts = concepts;
  }

  add({ word, stem }: Stemmed): void {
    this.#words.set(word, stem);
    this.#stems.add(stem);
  }

  /** Known words mean themselves, others what they sound like, also two together ("a dress", "we turn"). */
  explain(words: readonly Stemmed[]): Explained[] {
    const explained = words.map((word): Explained => {
      const concepts = this.#concepts.get(word.word) ?? this.#concepts.get(word.stem) ?? [];
      if (this.#stems.has(word.stem)) return { ...word, meant: [{ stem: word.stem, weight: 1 }], concepts };
      const meant = concepts.length > 0 || word.word.length < SHORTEST ? [] : this.#nearest(word.word, NEAR);
      return { ...word, meant, concepts };
    });
    for (let at = 0; at + 1 < explained.length; at++) {
      const [first, second] = [explained[at], explained[at + 1]];
      if (!first || !second || (this.#stems.has(first.stem) && this.#stems.has(second.stem))) continue;
      const joined = first.word + second.word;
      if (joined.length < SHORTEST_JOINED) continue;
      const meant = this.#nearest(joined, NEAR_JOINED);
      const better = (word: Explained) =>
        this.#stems.has(word.stem) || (word.meant[0]?.weight ?? 0) >= (meant[0]?.weight ?? 0);
      if (meant.length === 0 || (better(first) && better(second))) continue;
      if (!better(first)) explained[at] = { ...first, meant };
      if (!better(second)) explained[at + 1] = { ...second, meant };
    }
    return explained;
  }

  #nearest(word: string, least: number): Meant[] {
    const cached = this.#near.get(word);
    if (cached) return cached;
    const best = new Map<string, number>();
    for (const [known, stem] of this.#words) {
      if (known.length < SHORTEST) continue;
      const likeness = soundsLike(word, known);
      if (likeness >= least && likeness > (best.get(stem) ?? 0)) best.set(stem, likeness);
    }
    const found = [...best]
      .map(([stem, weight]) => ({ stem, weight }))
      .sort((a, b) => b.weight - a.weight)
      .slice(0, MOST_NEAR);
    if (this.#near.size >= MOST_CACHED) this.#near.clear();
    this.#near.set(word, found);
    return found;
  }
}

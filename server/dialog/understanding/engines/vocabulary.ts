import { soundsLike } from '../phonetic.ts';
import type { Stemmed } from './stemming.ts';

/** A stem of the vocabulary that may be meant, and how sure that is (0…1). */
export type Meant = { stem: string; weight: number };

/** What is made of one word of an utterance. */
export type Explained = Stemmed & {
  /** Best first; empty for a word that is like no known one. */
  meant: readonly Meant[];
  /** Concepts of the word or of what it is a mishearing of. */
  concepts: readonly { concept: string; weight: number }[];
};

/** Words that sound less alike than this are not taken for one another; two words for one have to be nearer. */
const NEAR = 0.56;
/** Words of up to four letters have so many neighbours that they must be nearer. */
const NEAR_SHORT = 0.68;
const SHORT = 4;
const NEAR_JOINED = 0.66;
const JOINED_WEIGHT = 0.9;
const MOST_NEAR = 3;
/** Shorter words sound like too many others. */
const SHORTEST = 3;
const SHORTEST_JOINED = 5;
const MOST_CACHED = 5000;

/** The words of all examples, and which of them a word outside may be a mishearing of. */
export class Vocabulary {
  readonly #words = new Map<string, string>();
  readonly #stems = new Set<string>();
  readonly #ofStem = new Map<string, readonly string[]>();
  readonly #near = new Map<string, Meant[]>();
  readonly #concepts: ReadonlyMap<string, readonly string[]>;

  constructor(concepts: ReadonlyMap<string, readonly string[]>) {
    this.#concepts = concepts;
  }

  add({ word, stem }: Stemmed): void {
    this.#words.set(word, stem);
    this.#stems.add(stem);
    this.#ofStem.set(stem, this.#conceptsOf({ word, stem }));
  }

  /** Known words mean themselves, others what they sound like, also two together ("a dress", "we turn"). */
  explain(words: readonly Stemmed[]): Explained[] {
    return words.map((word, at): Explained => {
      const concepts = this.#conceptsOf(word).map((concept) => ({ concept, weight: 1 }));
      if (this.#stems.has(word.stem)) return { ...word, meant: [{ stem: word.stem, weight: 1 }], concepts };
      const alone =
        concepts.length > 0 || word.word.length < SHORTEST
          ? []
          : this.#nearest(word.word, word.word.length <= SHORT ? NEAR_SHORT : NEAR);
      const near = [...alone, ...this.#joined(words[at - 1], word), ...this.#joined(word, words[at + 1])]
        .sort((a, b) => b.weight - a.weight)
        .slice(0, MOST_NEAR);
      const misheard = near.flatMap(({ stem, weight }) =>
        (this.#ofStem.get(stem) ?? []).map((concept) => ({ concept, weight })),
      );
      return { ...word, meant: near, concepts: [...concepts, ...misheard] };
    });
  }

  #conceptsOf({ word, stem }: Stemmed): readonly string[] {
    return this.#concepts.get(word) ?? this.#concepts.get(stem) ?? [];
  }

  /** What two words are when they were one, unless one of them alone is that already. */
  #joined(first: Stemmed | undefined, second: Stemmed | undefined): Meant[] {
    if (!first || !second || first.word.length + second.word.length < SHORTEST_JOINED) return [];
    return this.#nearest(first.word + second.word, NEAR_JOINED)
      .filter(({ stem }) => stem !== first.stem && stem !== second.stem)
      .map(({ stem, weight }) => ({ stem, weight: weight * JOINED_WEIGHT }));
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

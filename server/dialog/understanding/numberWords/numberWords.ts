/** How a language speaks numbers. All words are folded (see `fold`). */
export type NumberWords = {
  /** Words for 0…99, several a number; a key is one or more words joined by a space. */
  small: ReadonlyMap<string, number>;
  /** The usual word of each digit 0…9, for reading aloud. */
  digits: readonly string[];
  /** Words that multiply by 100 or 1000 what stands before them, or mean it alone. */
  hundred: readonly string[];
  thousand: readonly string[];
  /** Words for a certain number of hundreds ("doscientos"). */
  hundreds: ReadonlyMap<string, number>;
  /** Words between the parts of one number ("and"). */
  and: readonly string[];
  /** Words that repeat the next digit. */
  repeat: ReadonlyMap<string, number>;
  /** Words that are digits only beside other digits, mostly what recognisers write for them. */
  homophones: ReadonlyMap<string, string>;
  /** Words that carry nothing between digits. */
  fillers: readonly string[];
  /** A number word that is a pronoun after one of these, unless a number follows ("the one"). */
  pronouns: ReadonlyMap<string, readonly string[]>;
  /** Words that announce the end of a number ("ending in"). */
  tail: readonly string[];
  /** Long words are cut before these ("zehntausendvierhundert"). */
  cut?: RegExp;
};

/** Hesitations that several languages share, and the mark of recognisers for an unknown word. */
export const HESITATIONS = [
  'uh',
  'um',
  'er',
  'erm',
  'eh',
  'ah',
  'hm',
  'hmm',
  'mm',
  'unk',
  'euh',
  'ahm',
  'em',
];

type Spellings = readonly (readonly string[])[];

/** Adds the spellings of consecutive numbers from `first`. */
export function listed(first: number, step: number, spellings: Spellings): [string, number][] {
  return spellings.flatMap((words, index) =>
    words.map((word): [string, number] => [word, first + index * step]),
  );
}

/** Every pair of tens and units, spelled by `join`. */
export function compounds(
  tens: Spellings,
  units: Spellings,
  join: (ten: string, unit: string) => readonly string[],
): [string, number][] {
  const found: [string, number][] = [];
  tens.forEach((tenWords, ten) => {
    units.forEach((unitWords, unit) => {
      if (unit === 0) return;
      for (const tenWord of tenWords) {
        for (const unitWord of unitWords) {
          for (const word of join(tenWord, unitWord)) found.push([word, (ten + 2) * 10 + unit]);
        }
      }
    });
  });
  return found;
}

import { doubleMetaphone } from 'double-metaphone';
import { distance } from 'fastest-levenshtein';

/** Longest word that is compared; longer ones are not words. */
const LONGEST_WORD = 40;
const keys = new Map<string, readonly [string, string]>();
const MOST_KEYS = 5000;

function keysOf(word: string): readonly [string, string] {
  const known = keys.get(word);
  if (known) return known;
  if (keys.size >= MOST_KEYS) keys.clear();
  const found = doubleMetaphone(word);
  keys.set(word, found);
  return found;
}

/** 0…1: how alike two strings are in writing (1 − Levenshtein distance / longer length). */
export function spellingSimilarity(a: string, b: string): number {
  const longer = Math.max(a.length, b.length);
  return longer === 0 ? 1 : 1 - distance(a, b) / longer;
}

/**
 * 0…1: how easily one word is heard as the other. Mean of the likeness in writing and of the Double Metaphone
 * keys (L. Philips, 2000); languages without Latin letters have no key and are compared in writing only.
 */
export function soundsLike(a: string, b: string): number {
  if (a === b) return 1;
  if (a.length > LONGEST_WORD || b.length > LONGEST_WORD) return 0;
  const spelling = spellingSimilarity(a, b);
  const [keyA, secondA] = keysOf(a);
  const [keyB, secondB] = keysOf(b);
  if (!keyA || !keyB) return spelling;
  const sound = Math.max(
    spellingSimilarity(keyA, keyB),
    secondA ? spellingSimilarity(secondA, keyB) : 0,
    secondB ? spellingSimilarity(keyA, secondB) : 0,
  );
  return (spelling + sound) / 2;
}

/** True when one string becomes the other by one character lost, added or replaced, or two neighbours swapped. */
export function oneSlip(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  if (distance(a, b) === 1) return true;
  if (a.length !== b.length) return false;
  let at = 0;
  while (a[at] === b[at]) at++;
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}

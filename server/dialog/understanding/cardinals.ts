import { type NumberWords, numberWords } from './numberWords/index.ts';
import { type Word, wordsOf } from './words.ts';

/** How far a number goes in a list of words, `end` exclusive, and what it is. */
export type Counted = { end: number; value: number };

const LONGEST_PHRASE = 5;

/** A whole number as it is counted, and not digit by digit ("twelve", "one hundred and five", "12"). */
export type Cardinal = { value: number; start: number; end: number };

/** The cardinals of `text` in order, each as long as possible. */
export function cardinalsIn(text: string, language: string): Cardinal[] {
  const table = numberWords(language);
  const words = cutWords(wordsOf(text), table);
  const found: Cardinal[] = [];
  let at = 0;
  while (at < words.length) {
    const word = words[at];
    const written = word && /^\d{1,9}$/.test(word.text) ? [{ end: at + 1, value: Number(word.text) }] : [];
    const spoken =
      written.length > 0 || isPronoun(words, at, table) ? [] : cardinals(words, at, words.length, table);
    const longest = [...written, ...spoken].sort((a, b) => b.end - a.end)[0];
    if (word && longest) {
      found.push({ value: longest.value, start: word.start, end: words[longest.end - 1]?.end ?? word.end });
    }
    at = longest ? longest.end : at + 1;
  }
  return found;
}

/** Long compounds become words of their own, at the same place in the text. */
export function cutWords(words: Word[], table: NumberWords): Word[] {
  const { cut } = table;
  if (!cut) return words;
  return words.flatMap((word) =>
    cut.test(word.text)
      ? word.text
          .split(cut)
          .filter(Boolean)
          .map((text) => ({ ...word, text }))
      : [word],
  );
}

/** True when a number can begin at this word. */
export function startsNumber(words: readonly Word[], index: number, table: NumberWords): boolean {
  const word = words[index]?.text ?? '';
  if (table.hundred.includes(word) || table.thousand.includes(word)) return true;
  if (table.hundreds.has(word) || table.repeat.has(word)) return true;
  return phraseEnds(words, index, words.length, table).length > 0;
}

/** "the one that I ordered" speaks of no number, "one one two" does. */
export function isPronoun(words: readonly Word[], index: number, table: NumberWords): boolean {
  const after = table.pronouns.get(words[index]?.text ?? '');
  if (!after) return false;
  const next = words[index + 1]?.text ?? '';
  const previous = words[index - 1]?.text ?? '';
  const nextCounts = /^\d+$/.test(next) || (next !== '' && startsNumber(words, index + 1, table));
  const previousCounts = index > 0 && startsNumber(words, index - 1, table);
  if (nextCounts || previousCounts) return false;
  return after.length === 0 ? words.length > 1 : after.includes(previous);
}

/** Ends and values of the words for 0…99 that begin at `from`. */
function phraseEnds(words: readonly Word[], from: number, to: number, table: NumberWords): Counted[] {
  const found: Counted[] = [];
  let phrase = '';
  for (let end = from; end < Math.min(to, from + LONGEST_PHRASE); end++) {
    phrase += `${end > from ? ' ' : ''}${words[end]?.text ?? ''}`;
    const value = table.small.get(phrase);
    if (value !== undefined) found.push({ end: end + 1, value });
  }
  return found;
}

/** Ends and values of the cardinals (0…999,999) that begin at `from`. */
export function cardinals(words: readonly Word[], from: number, to: number, table: NumberWords): Counted[] {
  const below = belowThousand(words, from, to, table);
  const found = [...below];
  const heads = below.filter(({ value }) => value > 0);
  if (table.thousand.includes(words[from]?.text ?? '')) heads.push({ end: from, value: 1 });
  for (const head of heads) {
    if (head.end >= to || !table.thousand.includes(words[head.end]?.text ?? '')) continue;
    found.push({ end: head.end + 1, value: head.value * 1000 });
    for (const start of afterJoiner(words, head.end + 1, to, table)) {
      for (const rest of belowThousand(words, start, to, table)) {
        if (rest.value > 0) found.push({ end: rest.end, value: head.value * 1000 + rest.value });
      }
    }
  }
  return found;
}

function belowThousand(words: readonly Word[], from: number, to: number, table: NumberWords): Counted[] {
  const small = phraseEnds(words, from, to, table);
  const found = [...small];
  const hundreds: Counted[] = [];
  const word = words[from]?.text ?? '';
  const fixed = table.hundreds.get(word);
  if (fixed !== undefined && from < to) hundreds.push({ end: from + 1, value: fixed });
  if (table.hundred.includes(word) && from < to) hundreds.push({ end: from + 1, value: 100 });
  for (const head of small) {
    if (head.value > 0 && head.end < to && table.hundred.includes(words[head.end]?.text ?? '')) {
      hundreds.push({ end: head.end + 1, value: head.value * 100 });
    }
  }
  for (const head of hundreds) {
    found.push(head);
    for (const start of afterJoiner(words, head.end, to, table)) {
      for (const rest of phraseEnds(words, start, to, table)) {
        if (rest.value > 0) found.push({ end: rest.end, value: head.value + rest.value });
      }
    }
  }
  return found;
}

function afterJoiner(words: readonly Word[], from: number, to: number, table: NumberWords): number[] {
  if (from >= to) return [];
  return table.and.includes(words[from]?.text ?? '') ? [from, from + 1] : [from];
}

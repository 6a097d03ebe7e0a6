import { pickLanguage } from '../../../../shared/language.ts';
import { numeralRuns } from '../numerals.ts';
import { spellingSimilarity } from '../phonetic.ts';
import type { SlotQuestion, SlotReading } from '../slot.ts';
import { fold } from '../words.ts';
import { EMAIL_WORDS, SPELLED } from './emailWords.ts';
import { heard, ranked } from './reading.ts';

const WRITTEN = /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,4}/gu;
const VALID = /^[a-z0-9](?:[a-z0-9._%+-]{0,62}[a-z0-9])?@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*\.[a-z]{2,24}$/;
const SIGNS = '@.-_+';
const SURE = { written: 0.99, known: 0.97, near: 0.8, spoken: 0.7 };
/** Likeness of a spoken address with a known one from which it counts as that. */
const NEAR = 0.8;
/** More words than this are no local part. */
const MOST_WORDS = 24;

/** E-mail addresses in lower case, typed, or spoken with "at" and "dot", words, letters and digits. */
export function readEmail(question: SlotQuestion): SlotReading[] {
  const known = question.known.map((value) => value.toLowerCase());
  const found: SlotReading[] = [];
  for (const { text, loss } of heard(question)) {
    const typed = [...text.matchAll(WRITTEN)].map((match) => match[0]);
    for (const source of typed) {
      const value = source.toLowerCase().replace(/[.-]+$/, '');
      found.push({ value, source, confidence: SURE.written - loss, resolved: false });
    }
    if (typed.length > 0) continue;
    const value = spoken(text, question.language);
    if (!value) continue;
    const source = text.trim();
    const near = known
      .map((candidate) => ({ candidate, likeness: spellingSimilarity(value, candidate) }))
      .sort((a, b) => b.likeness - a.likeness)[0];
    if (near?.likeness === 1) found.push({ value, source, confidence: SURE.known - loss, resolved: false });
    else {
      if (near && near.likeness >= NEAR) {
        found.push({
          value: near.candidate,
          source,
          confidence: SURE.near * near.likeness - loss,
          resolved: true,
        });
      }
      found.push({
        value,
        source,
        confidence: SURE.spoken - (near && near.likeness >= NEAR ? 0.2 : 0) - loss,
        resolved: false,
      });
    }
  }
  return ranked(found);
}

function spoken(text: string, language: string): string | null {
  const pieces = piecesOf(text, language);
  const at = pieces.lastIndexOf('@');
  if (at <= 0) return null;
  const { leads } = EMAIL_WORDS[pickLanguage([language])];
  let from = at - 1;
  while (from > 0 && at - from < MOST_WORDS) {
    const before = pieces[from - 1] ?? '';
    if (before === '@') break;
    // A lead-in ends the address, unless a sign ties it to what follows ("is dot jones").
    if (leads.includes(before) && before.length > 1 && !isSign(pieces[from])) break;
    from--;
  }
  while (
    from < at &&
    (isSign(pieces[from]) ||
      (leads.includes(pieces[from] ?? '') && from + 1 < at && !isSign(pieces[from + 1])))
  )
    from++;
  const local = pieces.slice(from, at).join('');
  const domain = domainOf(pieces.slice(at + 1));
  const value = `${local}@${domain}`;
  return VALID.test(value) && !value.includes('..') ? value : null;
}

/** Words until the top-level domain; what follows it is talk. */
function domainOf(pieces: readonly string[]): string {
  let domain = '';
  for (let at = 0; at < Math.min(pieces.length, MOST_WORDS); at++) {
    domain += pieces[at] ?? '';
    const ended = domain.lastIndexOf('.') > 0 && !domain.endsWith('.') && pieces[at + 1] !== '.';
    if (ended && pieces[at + 1] !== '-') return domain;
  }
  return domain;
}

const isSign = (piece: string | undefined): boolean =>
  piece !== undefined && piece.length === 1 && SIGNS.includes(piece);

/** The text as words, letters, digits and signs. */
function piecesOf(text: string, language: string): string[] {
  const { signs } = EMAIL_WORDS[pickLanguage([language])];
  const words = fold(withDigits(text, language))
    .split(/[^\p{L}\p{N}@._+'-]+/u)
    .flatMap((word) => word.split(/([@._+-])/))
    .map((word) => word.replace(/'/g, ''))
    .filter((word, index, all) => word !== '' && !(word === '.' && index === all.length - 1));
  const pieces: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const next = words[at + 1] ?? '';
    const third = words[at + 2] ?? '';
    const pair = signs[`${word} ${next}`];
    if (pair) {
      pieces.push(pair);
      at++;
    } else if (Object.hasOwn(signs, word)) pieces.push(signs[word] ?? '');
    else if ((word === 'double' || word === 'triple') && /^[a-z]$/.test(next)) {
      pieces.push(next.repeat(word === 'double' ? 2 : 3));
      at++;
    } else if (/^[a-z]$/.test(word) && (next === 'for' || next === 'as') && third.startsWith(word)) {
      pieces.push(word);
      at += 2;
    } else if (/^[a-z]$/.test(word) && next === 'as' && third === 'in') {
      pieces.push(word);
      at += 3;
    } else pieces.push(spelledLetter(words, at) ?? word);
  }
  return pieces;
}

/** "Jay" is a name, "juliet alpha november" are letters: only several in a row are. */
function spelledLetter(words: readonly string[], at: number): string | null {
  const letter = SPELLED.get(words[at] ?? '');
  if (!letter) return null;
  return SPELLED.has(words[at - 1] ?? '') || SPELLED.has(words[at + 1] ?? '') ? letter : null;
}

function withDigits(text: string, language: string): string {
  let result = '';
  let at = 0;
  for (const run of numeralRuns(text, language)) {
    result += `${text.slice(at, run.start)} ${run.readings[0]?.digits ?? ''} `;
    at = run.end;
  }
  return result + text.slice(at);
}

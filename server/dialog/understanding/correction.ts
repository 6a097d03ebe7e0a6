import { type Language, pickLanguage } from '../../../shared/language.ts';
import { CORRECTION_WORDS } from './correctionWords.ts';
import { bounded, fold } from './words.ts';

/** `rest` is what to read again; `negated` what the caller says it is not. */
export type Correction = { rest: string; negated?: string };

type Patterns = { notBut: readonly RegExp[]; insteadOf: readonly RegExp[]; lead: RegExp; inner: RegExp };

const cache = new Map<Language, Patterns>();

/** Gap between parts: white space with or without punctuation. */
const GAP = '[\\s,;:.!…-]+';
/** "I do not want it" corrects nothing: the word before "not" is no verb that it negates. */
const NO_VERB =
  "(?<!(?:^|[\\s'])(?:do|does|did|is|am|are|was|were|be|been|can|could|would|will|should|must|might|may|has|have|had|m|s|re|why|if|or|better|i|of course|absolutely|definitely|certainly|probably|this|that|it|still))";

/** A short piece of speech without punctuation that ends a part. */
const PIECE = "([\\p{L}\\p{N}'@._ -]{1,80}?)";

function patternsOf(language: string): Patterns {
  const picked = pickLanguage([language]);
  let found = cache.get(picked);
  if (!found) {
    const { not, but, instead, leads } = CORRECTION_WORDS[picked];
    const [no, yet, rather, lead] = [not, but, instead, leads].map((words) => words.join('|'));
    found = {
      notBut: [
        new RegExp(`(?:^|${GAP})(?:${no})\\s+${PIECE}(?:${GAP}(?:${yet})\\s+|[,;.]\\s*)(.{1,400})$`, 'u'),
      ],
      insteadOf: [
        new RegExp(`^(.{1,400}?)(?:${GAP})(?:${rather})\\s+(.{1,80})$`, 'u'),
        new RegExp(
          `^(.{1,400}?)(?:${picked === 'en' ? `${NO_VERB}${GAP}` : '\\s*[,;]\\s*'})(?:${no})\\s+(.{1,40})$`,
          'u',
        ),
      ],
      lead: new RegExp(`^(?:(?:${lead})(?:${GAP}|$))+`, 'u'),
      inner: new RegExp(`(?:${GAP})(?:${lead})${GAP}(?!.*(?:${GAP})(?:${lead})${GAP})(.{1,400})$`, 'u'),
    };
    cache.set(picked, found);
  }
  return found;
}

/**
 * A correction in passing: "no, the blue one", "actually Friday", "I meant …", "not X but Y", "sorry, four not
 * five", "five, sorry, four". Null when the words correct nothing. `rest` is empty never.
 */
export function readCorrection(text: string, language: string): Correction | null {
  const plain = bounded(text).replace(/\s+/g, ' ').trim();
  const folded = fold(plain);
  if (folded === '') return null;
  // Places in the folded text are places in the original only when folding kept its length.
  const original = folded.length === plain.length ? plain : folded;
  const { notBut, insteadOf, lead, inner } = patternsOf(language);
  const led = lead.exec(folded)?.[0].length ?? 0;
  const body = original.slice(led);
  const said = folded.slice(led);
  for (const pattern of notBut) {
    const match = pattern.exec(` ${said}`);
    if (match?.[1] && match[2]) return correction(match[2], match[1]);
  }
  for (const pattern of insteadOf) {
    const match = pattern.exec(said);
    if (match?.[1] && match[2]) return correction(body.slice(0, match[1].length), match[2]);
  }
  if (led > 0) return said.trim() === '' ? null : correction(body);
  const turned = inner.exec(folded);
  if (turned?.[1]) return correction(original.slice(original.length - turned[1].length));
  return null;
}

function correction(rest: string, negated?: string): Correction | null {
  const tidy = (part: string) => part.replace(/^[\s,;:.!…-]+|[\s,;:.!…-]+$/g, '');
  const kept = tidy(rest);
  if (kept === '') return null;
  return negated === undefined ? { rest: kept } : { rest: kept, negated: tidy(negated) };
}

import { type Language, pickLanguage } from '../../../../shared/language.ts';
import { ar } from './ar.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import type { NumberWords } from './numberWords.ts';
import { pt } from './pt.ts';

export type { NumberWords } from './numberWords.ts';

const BY_LANGUAGE: Readonly<Record<Language, NumberWords>> = { en, es, fr, de, pt, ar };

/** Number words of a BCP 47 tag's language; English for languages without a table. */
export function numberWords(language: string): NumberWords {
  return BY_LANGUAGE[pickLanguage([language])];
}

import { LANGUAGES, type Language } from '../../language.ts';
import { speech as ar } from './ar.ts';
import { speech as de } from './de.ts';
import { speech as en } from './en.ts';
import { speech as es } from './es.ts';
import { speech as fr } from './fr.ts';
import type { SpeechPhrases } from './keys.ts';
import { speech as pt } from './pt.ts';

const ALL: Readonly<Record<Language, SpeechPhrases>> = { en, es, fr, de, pt, ar };

/** The assistant's own phrases in a language; English for one that we do not have. */
export function speechPhrases(language: string): SpeechPhrases {
  const found = LANGUAGES.find((known) => known === language);
  return ALL[found ?? 'en'];
}

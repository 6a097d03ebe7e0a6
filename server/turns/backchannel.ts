import type { Language } from '../../shared/language.ts';

/** Sounds of a listener who wants the speaker to go on, as recognisers write them. */
const BACKCHANNELS: Readonly<Record<Language, readonly string[]>> = {
  en: [
    'mm',
    'mhm',
    'hm',
    'hmm',
    'uh huh',
    'uh',
    'huh',
    'um',
    'ah',
    'oh',
    'yeah',
    'right',
    'okay',
    'ok',
    'sure',
    'i see',
  ],
  es: ['mm', 'mhm', 'ajá', 'ah', 'ya', 'vale', 'claro'],
  fr: ['mm', 'mhm', 'hum', 'ah', 'oui oui', 'd’accord', 'ok'],
  de: ['mm', 'mhm', 'hm', 'ach so', 'ah', 'ja ja', 'genau', 'okay'],
  pt: ['mm', 'mhm', 'aham', 'ah', 'tá', 'certo'],
  ar: ['ام', 'اه', 'نعم نعم', 'طيب'],
};

/** Whether the words only say "I am listening". */
export function isBackchannel(text: string, language: string): boolean {
  const known = BACKCHANNELS[language as Language] ?? BACKCHANNELS.en;
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length > 0 && (known.includes(words.join(' ')) || words.every((word) => known.includes(word)));
}

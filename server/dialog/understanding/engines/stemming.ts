import { type Language, pickLanguage } from '../../../../shared/language.ts';
import { withoutNumbers } from '../numerals.ts';
import { bounded, fold } from '../words.ts';

/** A word as it was said and its stem. */
export type Stemmed = { word: string; stem: string };

/** Cuts a text into words and stems; numbers become NUMBER. */
export type Stemming = {
  stems(text: string): Stemmed[];
  /** True for words that tell little about what somebody wants ("the", "is"). */
  isCommon(word: string): boolean;
};

/** Stands for any number, spoken or written, and for placeholders like `{number}` in examples. */
export const NUMBER = 'qqnumber';

type Tools = {
  tokenizer: { tokenize(text: string, normalize: boolean): string[] };
  stemmer: { stem(words: string[]): string[] };
  stopwords: { dictionary: Record<string, boolean> };
};

const LOADERS: Readonly<Record<Language, () => Promise<Tools>>> = {
  async en() {
    const { TokenizerEn, StemmerEn, StopwordsEn } = await import('@nlpjs/lang-en-min');
    return { tokenizer: new TokenizerEn(), stemmer: new StemmerEn(), stopwords: new StopwordsEn() };
  },
  async es() {
    const { TokenizerEs, StemmerEs, StopwordsEs } = await import('@nlpjs/lang-es');
    return { tokenizer: new TokenizerEs(), stemmer: new StemmerEs(), stopwords: new StopwordsEs() };
  },
  async fr() {
    const { TokenizerFr, StemmerFr, StopwordsFr } = await import('@nlpjs/lang-fr');
    return { tokenizer: new TokenizerFr(), stemmer: new StemmerFr(), stopwords: new StopwordsFr() };
  },
  async de() {
    const { TokenizerDe, StemmerDe, StopwordsDe } = await import('@nlpjs/lang-de');
    return { tokenizer: new TokenizerDe(), stemmer: new StemmerDe(), stopwords: new StopwordsDe() };
  },
  async pt() {
    const { TokenizerPt, StemmerPt, StopwordsPt } = await import('@nlpjs/lang-pt');
    return { tokenizer: new TokenizerPt(), stemmer: new StemmerPt(), stopwords: new StopwordsPt() };
  },
  async ar() {
    const { TokenizerAr, StemmerAr, StopwordsAr } = await import('@nlpjs/lang-ar');
    return { tokenizer: new TokenizerAr(), stemmer: new StemmerAr(), stopwords: new StopwordsAr() };
  },
};

/** Data in an example ("order {number}"); the name tells whether a number stands there. */
const PLACEHOLDER = /\{\s*([^{}]{1,40})\s*\}/g;
const NUMERIC_NAME = /num|digit|order|amount|date|code|id$/i;
const HESITATION = /\b(?:u+h+m*|u+m+|e+r+m*|a+h+|h+m+|mm+)\b/g;
const MOST_WORDS = 80;

export async function loadStemming(language: string): Promise<Stemming> {
  const tools = await LOADERS[pickLanguage([language])]();
  const common = new Set(Object.keys(tools.stopwords.dictionary).map(fold));
  const cache = new Map<string, string>();

  const stemOf = (word: string): string => {
    if (word === NUMBER) return word;
    let stem = cache.get(word);
    if (stem === undefined) {
      // Some stemmers swallow short words whole; the word is its own stem then.
      stem = tools.stemmer.stem([word])[0] || word;
      if (cache.size > 5000) cache.clear();
      cache.set(word, stem);
    }
    return stem;
  };

  return {
    stems(text) {
      const prepared = bounded(text).replace(PLACEHOLDER, (_, name: string) =>
        NUMERIC_NAME.test(name) ? ` ${NUMBER} ` : ' ',
      );
      const folded = withoutNumbers(fold(prepared).replace(HESITATION, ' '), language, NUMBER);
      return tools.tokenizer
        .tokenize(folded, true)
        .slice(0, MOST_WORDS)
        .map((word) => ({ word, stem: stemOf(word) }));
    },
    isCommon: (word) => common.has(word),
  };
}

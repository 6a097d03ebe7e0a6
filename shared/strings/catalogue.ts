import type { Language } from '../language.ts';

/** A catalogue of one area in one language; every language has the keys of English. */
export type Translations<Key extends string> = Readonly<Record<Key, string>>;

/** Loads one language, so that the client downloads only the one it shows. */
export type CatalogueLoader<Key extends string> = (language: Language) => Promise<Translations<Key>>;

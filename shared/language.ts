/** Languages of the product's own strings. */
export const LANGUAGES = ['en', 'es', 'fr', 'de', 'pt', 'ar'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The best of our languages for a list of BCP 47 tags, in order of preference. */
export function pickLanguage(tags: readonly string[], fallback: Language = 'en'): Language {
  for (const tag of tags) {
    const primary = tag.toLowerCase().split('-')[0];
    const found = LANGUAGES.find((language) => language === primary);
    if (found) return found;
  }
  return fallback;
}

import type { Language } from '../../language.ts';
import type { CatalogueLoader, Translations } from '../catalogue.ts';
import type { UiKey } from './en.ts';

export type UiStrings = Translations<UiKey>;

const loaders: Record<Language, () => Promise<{ default: UiStrings }>> = {
  en: () => import('./en.ts'),
  es: () => import('./es.ts'),
  fr: () => import('./fr.ts'),
  de: () => import('./de.ts'),
  pt: () => import('./pt.ts'),
  ar: () => import('./ar.ts'),
};

/** The panel's words in one language; the others are never downloaded. */
export const loadUiStrings: CatalogueLoader<UiKey> = async (language) => (await loaders[language]()).default;

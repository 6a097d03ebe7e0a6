import { beforeEach, describe, expect, it } from 'vitest';
import { CallerLanguage } from '../../../client/call/callerLanguage.ts';
import type { LanguageGuess } from '../../../shared/events.ts';

const BROWSER = ['pt-BR', 'en'];
let told: LanguageGuess[];
let language: CallerLanguage;
const summary = () => told.map(({ language, source }) => `${language} ${source}`);
beforeEach(() => {
  told = [];
  language = new CallerLanguage((guess) => told.push(guess));
});

describe('the language that the page is told', () => {
  it('is told when it becomes known and when it becomes another one', () => {
    expect(language.device('de', 0.987, BROWSER)).toEqual({ language: 'de', confidence: 0.99 });
    expect(language.device('de', 1, BROWSER)).toBeNull();
    expect(language.device('fr', 0.96, BROWSER)).toMatchObject({ language: 'fr' });
    language.server({ language: 'fr', confidence: 1, source: 'server' });
    language.server({ language: 'en', confidence: 0.8, source: 'text' });
    expect(language.device('fr', 0.96, BROWSER)).toMatchObject({ language: 'fr' });
    expect(summary()).toEqual(['de device', 'fr device', 'en text', 'fr device']);
  });

  it('is the browser’s where the device hears none, once a call, and no hint for the server', () => {
    expect(language.device(null, 0, BROWSER)).toBeNull();
    language.device(null, 0, BROWSER);
    expect(told).toEqual([{ language: 'pt', confidence: 0.5, source: 'browser' }]);
    language.reset();
    language.device(null, 0, BROWSER);
    expect(told).toHaveLength(2);
  });

  it('is not the browser’s when one was heard, or it has none', () => {
    language.device(null, 0, []);
    language.server({ language: 'en', confidence: 1, source: 'server' });
    language.device(null, 0, BROWSER);
    expect(summary()).toEqual(['en server']);
  });
});

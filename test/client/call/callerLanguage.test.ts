import { beforeEach, describe, expect, it } from 'vitest';
import { CallerLanguage } from '../../../client/call/callerLanguage.ts';

const BROWSER = ['pt-BR', 'en'];
let language: CallerLanguage;
beforeEach(() => {
  language = new CallerLanguage();
});

describe('the language that the page is told', () => {
  it('is told when it becomes known and when it becomes another one', () => {
    expect(language.device('de', 0.987, BROWSER)).toEqual({
      language: 'de',
      confidence: 0.99,
      source: 'device',
    });
    expect(language.device('de', 1, BROWSER)).toBeNull();
    expect(language.device('fr', 0.96, BROWSER)).toMatchObject({ language: 'fr' });
    expect(language.server({ language: 'fr', confidence: 1, source: 'server' })).toBe(false);
    expect(language.server({ language: 'en', confidence: 0.8, source: 'text' })).toBe(true);
    expect(language.device('fr', 0.96, BROWSER)).toMatchObject({ language: 'fr' });
  });

  it('is the browser’s where the device hears none, once a call', () => {
    expect(language.device(null, 0, BROWSER)).toEqual({ language: 'pt', confidence: 0.5, source: 'browser' });
    expect(language.device(null, 0, BROWSER)).toBeNull();
    language.reset();
    expect(language.device(null, 0, BROWSER)).not.toBeNull();
  });

  it('is not the browser’s when one was heard, or it has none', () => {
    expect(language.device(null, 0, [])).toBeNull();
    language.server({ language: 'en', confidence: 1, source: 'server' });
    expect(language.device(null, 0, BROWSER)).toBeNull();
  });
});

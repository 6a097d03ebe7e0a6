import { describe, expect, it } from 'vitest';
import { nameOfLanguage, wishedLanguage } from '../../../../server/dialog/understanding/languageWish.ts';

describe('a wish for a language', () => {
  it.each([
    ['could we speak Spanish please', 'es'],
    ['Spanish', 'es'],
    ['in Spanish please', 'es'],
    ['auf Deutsch bitte', 'de'],
    ['I would rather talk in French', 'fr'],
    ['¿podemos hablar español?', 'es'],
    ['puede hablar alemán', 'de'],
    ['est-ce qu’on peut parler français', 'fr'],
    ['können wir bitte Deutsch sprechen', 'de'],
    ['vamos falar português', 'pt'],
    ['هل نتحدث بالعربية', 'ar'],
  ])('%s: %s', (text, language) => {
    expect(wishedLanguage(text)).toBe(language);
  });

  it.each([
    ['where is my order'],
    ['do you have a lamp in French style'],
    ['the English manual'],
    ['I bought a French lamp and a German table, where are they'],
    ['the English manual is missing from my parcel and I want another one now'],
    ['Spanish or French'],
    [''],
  ])('is not in “%s”', (text) => {
    expect(wishedLanguage(text)).toBeNull();
  });

  it('is told by its name in the language that is spoken', () => {
    expect(nameOfLanguage('es', 'fr')).toBe('espagnol');
  });
});

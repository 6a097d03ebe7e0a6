import { describe, expect, it } from 'vitest';
import { textLanguage } from '../../../server/speech/textLanguage.ts';

describe('the language of what is written', () => {
  it.each([
    ['en', 'Where is my order? I would like to know when it will be here.'],
    ['de', 'Wo ist meine Bestellung? Ich möchte wissen, wann sie kommt.'],
    ['fr', 'Où est ma commande ? Je voudrais savoir quand elle arrive.'],
    ['es', '¿Dónde está mi pedido? Quiero saber cuándo llega, por favor.'],
    ['pt', 'Onde está o meu pedido? Eu quero saber quando ele chega, por favor.'],
    ['ar', 'أين طلبي من فضلك؟'],
  ])('is %s', (language, text) => {
    expect(textLanguage(text)).toMatchObject({ language });
    expect(textLanguage(text)?.confidence).toBeGreaterThan(0.6);
  });

  it.each(['', '10427', 'ok', 'Jane Miller', 'jane@example.org', '🙂🙂🙂', 'no', 'was'])(
    'is not known of “%s”',
    (text) => {
      expect(textLanguage(text)).toBeNull();
    },
  );

  it('is found in long and odd texts, without end', () => {
    expect(textLanguage('the order and '.repeat(500))?.language).toBe('en');
    expect(textLanguage('\u0301'.repeat(2_000))).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { CERTAIN } from '../../../../../server/dialog/understanding/slot.ts';
import { ask, best, value } from '../ask.ts';

describe('yes or no', () => {
  it.each([
    'yes',
    'yeah',
    'yep sure',
    'I think so',
    'correct',
    "that's right",
    'uh huh',
    'why not',
    'no problem',
    'sure go ahead and cancel it',
    'okay',
    'please do',
    'it is',
    'yes please',
    'of course',
  ])('"%s" is yes', (text) => expect(value('yesNo', text)).toBe(true));

  it.each([
    'no',
    "no, that's not it",
    'not really',
    'nope',
    "I don't think so",
    'no, the blue one',
    'not now',
    "that's wrong",
    'no thanks',
    'nah',
    'absolutely not',
    "it isn't",
    'yeah no',
    "please don't",
    'yes no wait',
  ])('"%s" is no', (text) => expect(value('yesNo', text)).toBe(false));

  it.each([
    'the blue one',
    'ten four twenty seven',
    'where is my order',
    'it is about my return',
    'I have a question about my order',
    'my card is not working',
    'I never received the package',
    'I got the wrong item',
    '',
  ])('"%s" is neither', (text) => expect(ask('yesNo', text)).toEqual([]));

  it('keeps to the words that say it', () => {
    expect(best('yesNo', 'no, the blue one')?.source).toBe('no');
  });

  it('deep in a sentence is hardly believed', () => {
    expect(best('yesNo', 'there is no order in my account')?.confidence).toBeLessThan(0.5);
  });

  it('that contradicts itself has to be confirmed', () => {
    expect(best('yesNo', 'yes I mean no')?.confidence).toBeLessThan(CERTAIN);
  });

  it('hears a lone "know" as no, only when it was asked for', () => {
    expect(best('yesNo', 'know')).toMatchObject({ value: false, resolved: true });
    expect(ask('yesNo', 'know', { asked: false })).toEqual([]);
  });

  it('is taken from another reading when the first says neither', () => {
    expect(value('yesNo', 'us please', { alternatives: ['yes please', 'us police'] })).toBe(true);
  });

  it('that nobody asked for is not certain', () => {
    expect(best('yesNo', 'yes', { asked: false })?.confidence).toBeLessThan(CERTAIN);
  });

  it.each([
    ['es', 'sí, claro', 'no, gracias'],
    ['fr', "oui, d'accord", 'non merci'],
    ['de', 'ja genau', 'das stimmt nicht'],
    ['pt', 'sim', 'acho que não'],
    ['ar', 'نعم', 'لا شكرا'],
  ])('is understood in %s', (language, yes, no) => {
    expect(value('yesNo', yes, { language })).toBe(true);
    expect(value('yesNo', no, { language })).toBe(false);
  });
});

describe('a choice', () => {
  const spec = {
    type: 'choice',
    choices: { blue: ['the blue one', 'navy'], red: ['the red one'], dark: ['dark blue'] },
  } as const;
  it.each([
    ['the blue one', 'blue'],
    ['navy please', 'blue'],
    ['blew', 'blue'],
    ['dark blue', 'dark'],
    ['the second one', 'red'],
    ['number two', 'red'],
    ['option 3', 'dark'],
    ['the last one', 'dark'],
    ['not the blue one the red one', 'red'],
  ])('"%s" is %s', (text, choice) => expect(value(spec, text)).toBe(choice));

  it('that sounds like one only has to be confirmed', () => {
    expect(best(spec, 'read')).toMatchObject({ value: 'red', resolved: true });
    expect(best(spec, 'read')?.confidence).toBeLessThan(CERTAIN);
  });

  it('is none when nothing is near', () => {
    expect(ask(spec, 'green')).toEqual([]);
    expect(ask({ type: 'choice' }, 'blue')).toEqual([]);
  });

  it('between two named ones has to be asked for', () => {
    expect(best(spec, 'blue or red')?.confidence).toBeLessThan(0.6);
  });
});

describe('an amount', () => {
  it.each([
    ['$12.50', 1250, 'USD'],
    ['12,50 €', 1250, 'EUR'],
    ['1,234.56 euros', 123456, 'EUR'],
    ['£12', 1200, 'GBP'],
    ['twelve dollars and fifty cents', 1250, 'USD'],
    ['twelve euros fifty', 1250, 'EUR'],
    ['twelve point five', 1250, null],
    ['twelve fifty', 1250, null],
    ['it was twenty nine ninety nine', 2999, null],
    ['fifty cents', 50, null],
    ['a hundred and five pounds', 10500, 'GBP'],
    ['twenty', 2000, null],
  ])('"%s" is %d %s', (text, cents, currency) => {
    expect(value('amount', text)).toEqual({ cents, currency });
  });

  it('takes its currency from a known sum', () => {
    expect(value('amount', 'twenty nine ninety nine', { known: ['29.99 EUR'] })).toEqual({
      cents: 2999,
      currency: 'EUR',
    });
  });

  it('without a currency counts only when it was asked for', () => {
    expect(ask('amount', 'twenty', { asked: false })).toEqual([]);
  });

  it.each([
    ['de', 'zwölf Euro fünfzig'],
    ['es', 'doce euros con cincuenta'],
    ['fr', 'douze euros cinquante'],
    ['pt', 'doze euros e cinquenta'],
  ])('is understood in %s', (language, text) => {
    expect(value('amount', text, { language })).toEqual({ cents: 1250, currency: 'EUR' });
  });
});

describe('an e-mail address', () => {
  it.each([
    ['jane dot doe at example dot com', 'jane.doe@example.com'],
    ['my email is jane underscore doe at g mail dot com', 'jane_doe@gmail.com'],
    ['j a n e at example dot co dot uk', 'jane@example.co.uk'],
    ["it's bob two three at shop dash mail dot org thanks", 'bob23@shop-mail.org'],
    ['it is a b double c at example dot com', 'abcc@example.com'],
    ['Jane.Doe@Example.com', 'jane.doe@example.com'],
    ['write to jane.doe@example.com.', 'jane.doe@example.com'],
  ])('"%s" is %s', (text, email) => expect(value('email', text)).toBe(email));

  it('that was spoken has to be confirmed, that was typed not', () => {
    expect(best('email', 'jane at example dot com')?.confidence).toBeLessThan(CERTAIN);
    expect(best('email', 'jane@example.com')?.confidence).toBeGreaterThanOrEqual(CERTAIN);
  });

  it('near to a known one is resolved', () => {
    expect(
      best('email', 'jane dot dough at example dot com', { known: ['jane.doe@example.com'] }),
    ).toMatchObject({
      value: 'jane.doe@example.com',
      resolved: true,
    });
  });

  it('is none without a domain', () => {
    expect(ask('email', 'no idea')).toEqual([]);
    expect(ask('email', 'meet me at noon')).toEqual([]);
  });

  it('is understood in other languages', () => {
    expect(value('email', 'mi correo es ana punto lopez arroba example punto com', { language: 'es' })).toBe(
      'ana.lopez@example.com',
    );
    expect(value('email', 'max punkt muster at example punkt de', { language: 'de' })).toBe(
      'max.muster@example.de',
    );
  });
});

describe('an address', () => {
  it.each([
    ['12 Baker Street, London, NW1 6XE', '12 Baker Street', 'London', 'NW1 6XE'],
    ['twelve baker street london n w one six x e', '12 baker street', 'london', 'NW1 6XE'],
    [
      'my new address is forty two oak avenue springfield one two three four five',
      '42 oak avenue',
      'springfield',
      '12345',
    ],
    ['Hauptstraße 5, 10115 Berlin', 'Hauptstraße 5', 'Berlin', '10115'],
    ['12 rue de la Paix, 75002 Paris', '12 rue de la Paix', 'Paris', '75002'],
    ['Calle Mayor 5, 28013 Madrid', 'Calle Mayor 5', 'Madrid', '28013'],
  ])('"%s" has its parts', (text, street, city, postcode) => {
    expect(value('address', text)).toMatchObject({ street, city, postcode });
  });

  it('keeps the words when the parts are not clear', () => {
    expect(best('address', 'send it to my office')).toMatchObject({ value: { text: 'my office' } });
    expect(best('address', 'send it to my office')?.confidence).toBeLessThan(0.5);
  });

  it('with a street alone leaves the rest open', () => {
    expect(value('address', 'fourteen baker street')).toEqual({
      text: '14 baker street',
      street: '14 baker street',
    });
  });

  it('is not found in talk', () => {
    expect(ask('address', 'where is my order', { asked: false })).toEqual([]);
  });
});

describe('free text', () => {
  it('is what was answered, tidied', () => {
    expect(value('text', '  too   small ')).toBe('too small');
    expect(ask('text', 'too small', { asked: false })).toEqual([]);
    expect(ask('text', '   ')).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EndpointQuestion, endpoint } from '../../../server/turns/endpointing.ts';

const ask = (text: string | null, more: Partial<EndpointQuestion> = {}) =>
  endpoint({
    text,
    language: 'en',
    expectation: 'open',
    digits: null,
    patienceMs: 0,
    finality: null,
    deviceMs: 0,
    ...more,
  });

describe('the end of a turn', () => {
  test.each([
    ['yes', { expectation: 'yesNo' }, 'answer'],
    ['the blue one', { expectation: 'choice' }, 'answer'],
    ['where is my order', {}, 'complete'],
    ['where is my order one zero four two seven', {}, 'number'],
    ['ten four twenty seven', {}, 'number'],
    ['one double four two seven', { expectation: 'digits' }, 'number'],
    ['one zero', { expectation: 'digits', digits: 5 }, 'half-number'],
    ['my order number is one zero', {}, 'half-number'],
    ['it is', { expectation: 'digits' }, 'open-end'],
    ['twelve high street', { expectation: 'address' }, 'dictation'],
    ['my number is', {}, 'open-end'],
    ['my order number is', {}, 'open-end'],
    ['i would like to know where my order is', {}, 'complete'],
    ['what are your opening hours', { expectation: 'digits' }, 'complete'],
    ['well', { expectation: 'digits' }, 'open-end'],
    ['who are you', {}, 'complete'],
    ['a human please', {}, 'complete'],
    ['order', { expectation: 'digits' }, 'dictation'],
    ['i would like to return the lamp and', {}, 'open-end'],
    ['well um', {}, 'open-end'],
    ['if i send it back', {}, 'half-sentence'],
    ['when i ordered the lamp', {}, 'half-sentence'],
    ['when will it arrive', {}, 'complete'],
    ['if i send it back do i get my money', {}, 'complete'],
    ['hello', {}, 'short'],
    ['', {}, 'no-words'],
    [null, {}, 'no-words'],
  ] as const)('"%s" %j is judged as %s', (text, more, reason) => {
    expect(ask(text, more).reason).toBe(reason);
  });

  test('comes sooner for an answer than for a sentence, and later for what is plainly unfinished', () => {
    const answer = ask('yes', { expectation: 'yesNo' }).waitMs;
    const sentence = ask('where is my order').waitMs;
    const number = ask('one zero four', { expectation: 'digits' }).waitMs;
    const open = ask('my number is').waitMs;
    expect([answer, sentence, number, open]).toEqual(
      [answer, sentence, number, open].toSorted((a, b) => a - b),
    );
    expect(open).toBeGreaterThan(2 * sentence);
  });

  test.each([
    ['es', 'mi número de pedido es', 'mi número es cinco cuatro', 'si lo devuelvo', 'cuándo llega mi pedido'],
    [
      'fr',
      'mon numéro de commande est',
      'mon numéro est cinq quatre',
      'si je le renvoie',
      'où est ma commande',
    ],
    [
      'de',
      'meine bestellnummer lautet',
      'meine nummer ist fünf vier',
      'wenn ich sie zurückschicke',
      'wo ist meine bestellung',
    ],
    ['pt', 'meu número de pedido é', 'meu número é cinco quatro', 'se eu devolver', 'onde está meu pedido'],
    ['ar', 'رقم الطلب هو', 'رقمي هو خمسة أربعة', 'إذا أعدت الطلب', 'أين طلبي الآن'],
  ] as const)('tells announcements, half numbers and clauses from questions in %s', (language, ...texts) => {
    const reasons = texts.map((text) => ask(text, { language }).reason);
    expect(reasons).toEqual(['open-end', 'half-number', 'half-sentence', 'complete']);
  });

  test('is moved a little by the voice: a fall ends sooner, a rise only where nothing is asked is waited for', () => {
    const waits = (text: string | null) => [0, 0.5, 1].map((finality) => ask(text, { finality }).waitMs);
    const plain = ask('i want to know more').waitMs;
    expect(waits('i want to know more')).toEqual([plain + 40, plain, plain - 40]);
    expect(waits('where is my order')).toEqual([plain - 40, plain, plain - 40]);
    expect(waits('my number is')).toEqual([1_000, 1_000, 1_000]);
  });

  test('is put off by what the device hears, by no more than is asked', () => {
    expect(ask('yes', { expectation: 'yesNo', deviceMs: 250 }).waitMs).toBe(550);
  });

  test('comes later for a caller who pauses a lot, but not after a plain yes', () => {
    expect(ask('where is my order', { patienceMs: 300 }).waitMs).toBe(ask('where is my order').waitMs + 300);
    expect(ask('yes', { expectation: 'yesNo', patienceMs: 300 }).waitMs).toBe(
      ask('yes', { expectation: 'yesNo' }).waitMs,
    );
  });

  test.each([
    ['es', 'quiero devolver la'],
    ['fr', 'je voudrais rendre la'],
    ['de', 'ich möchte die'],
    ['pt', 'quero devolver o'],
    ['ar', 'أريد أن'],
  ])('knows open ends in %s', (language, text) => {
    expect(ask(text, { language }).reason).toBe('open-end');
  });

  test('is bounded for any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('en', 'ar', 'xx'), (text, language) => {
        const { waitMs } = ask(text, { language });
        expect(waitMs).toBeGreaterThanOrEqual(300);
        expect(waitMs).toBeLessThanOrEqual(1_000);
      }),
    );
  });
});

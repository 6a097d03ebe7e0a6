import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberWords } from '../../../../../server/dialog/understanding/numberWords/index.ts';
import { CERTAIN, type SlotSpec } from '../../../../../server/dialog/understanding/slot.ts';
import { LANGUAGES } from '../../../../../shared/language.ts';
import { RECOGNISED } from '../../../../fixtures/recognised.ts';
import { ask, best, value } from '../ask.ts';

const ORDER: SlotSpec = { type: 'number', digits: 5 };
const ORDERS = ['10427', '10431', '20388'];
const UNITS = numberWords('en').digits;
const TEENS = [
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
];
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

const digitByDigit = (digits: string) => [...digits].map((digit) => UNITS[Number(digit)]).join(' ');
const spokenPair = (pair: string) => {
  const number = Number(pair);
  if (pair.length === 1 || number < 10) return digitByDigit(pair);
  if (number < 20) return TEENS[number - 10];
  return number % 10 === 0 ? TENS[number / 10] : `${TENS[Math.floor(number / 10)]} ${UNITS[number % 10]}`;
};
const inPairs = (digits: string) => (digits.match(/\d\d?/g) ?? []).map(spokenPair).join(' ');
const withDoubles = (digits: string) =>
  digits.replace(/(\d)\1|\d/g, (run) => `${run.length === 2 ? 'double ' : ''}${UNITS[Number(run[0])]} `);
const counted = (number: number): string => {
  const below = (n: number) =>
    n < 100
      ? (spokenPair(String(n)) ?? '')
      : `${UNITS[Math.floor(n / 100)]} hundred${n % 100 ? ` and ${spokenPair(String(n % 100))}` : ''}`;
  if (number < 1000) return below(number);
  return `${below(Math.floor(number / 1000))} thousand${number % 1000 ? ` ${below(number % 1000)}` : ''}`;
};

describe('an order number', () => {
  it.each([
    ['one oh four two seven', '10427'],
    ['ten four twenty seven', '10427'],
    ['one hundred and four twenty-seven', '10427'],
    ['number is one zero, uh, four two seven', '10427'],
    ['one zero for to seven', '10427'],
    ['one zero four to heaven and', '10427'],
    ['ten thousand four hundred and twenty seven', '10427'],
    ['its order 10427 please', '10427'],
    ['10-427', '10427'],
    ['１０４２７', '10427'],
    ['١٠٤٢٧', '10427'],
    ['double one four oh seven', '11407'],
    ['triple zero one two', '00012'],
    ['one too tree ate nine', '12389'],
  ])('"%s" is %s', (text, digits) => {
    expect(value(ORDER, text, { known: text.startsWith('one zero four to') ? ORDERS : [] })).toBe(digits);
  });

  it('is certain when the session knows it', () => {
    expect(best(ORDER, 'one oh four two seven', { known: ORDERS })).toMatchObject({
      value: '10427',
      confidence: 1,
      resolved: false,
    });
  });

  it('keeps the form in which the session writes it', () => {
    expect(value(ORDER, 'one oh four two seven', { known: ['ORD-10427'] })).toBe('ORD-10427');
  });

  it.each([
    ['a digit lost', 'one zero four two'],
    ['a digit added', 'one zero four two seven seven'],
    ['a digit replaced', 'one zero four two nine'],
    ['two digits swapped', 'one zero four seven two'],
    ['the tail announced', 'the one ending in four two seven'],
    ['a short tail announced', 'the last one ending 27'],
    ['the tail counted', 'the last three digits are four two seven'],
    ['the tail alone', 'four two seven'],
  ])('with %s is resolved to the known one, and has to be confirmed', (_, text) => {
    const reading = best(ORDER, text, { known: ORDERS });
    expect(reading).toMatchObject({ value: '10427', resolved: true });
    expect(reading?.confidence).toBeLessThan(CERTAIN);
  });

  it('near to two known ones offers both with less confidence', () => {
    const readings = ask(ORDER, 'one zero four two', { known: ['10427', '10428'] });
    expect(readings.slice(0, 2).map((reading) => reading.value)).toEqual(['10427', '10428']);
    expect(readings[0]?.confidence).toBeLessThan(0.7);
  });

  it('that was typed is taken as it is', () => {
    expect(best(ORDER, '99999', { known: ORDERS })).toMatchObject({ value: '99999', resolved: false });
    expect(best(ORDER, '99999', { known: ORDERS })?.confidence).toBeGreaterThanOrEqual(CERTAIN);
  });

  it('of the wrong length is hardly believed', () => {
    expect(best(ORDER, 'three eight')?.confidence).toBeLessThan(0.4);
  });

  it('is not found in talk about other things', () => {
    for (const text of [
      'i have been waiting for two weeks',
      'the one that i ordered',
      'to be or not to be',
      'oh no',
    ]) {
      expect(ask(ORDER, text, { asked: false, known: ORDERS }), text).toEqual([]);
    }
  });

  it('is found among the other readings of the audio', () => {
    const reading = best(ORDER, 'one zero for you seven', {
      alternatives: ['one zero four two seven'],
      known: ORDERS,
    });
    expect(reading?.value).toBe('10427');
  });

  it('is mostly found in what a recogniser made of it', () => {
    const cases = RECOGNISED.filter(({ means }) => means?.startsWith('#'));
    const right = cases.filter(({ heard, means }) => {
      const [text = '', ...alternatives] = heard;
      return value(ORDER, text, { alternatives, known: ORDERS }) === means?.slice(1);
    });
    console.log(`recognised order numbers: ${right.length} of ${cases.length}`);
    expect(right.length / cases.length).toBeGreaterThanOrEqual(0.8);
  });

  it.each([
    ['es', 'diez mil cuatrocientos veintisiete'],
    ['es', 'uno cero cuatro veintisiete'],
    ['fr', 'dix mille quatre cent vingt-sept'],
    ['fr', 'un zéro quatre vingt-sept'],
    ['de', 'zehntausendvierhundertsiebenundzwanzig'],
    ['de', 'eins null vier zwo sieben'],
    ['pt', 'um zero quatro vinte e sete'],
    ['ar', 'واحد صفر أربعة سبعة وعشرون'],
  ])('is understood in %s: "%s"', (language, text) => {
    expect(ask(ORDER, text, { language }).map((reading) => reading.value)).toContain('10427');
  });
});

describe('numbers of any language', () => {
  it('are read back exactly, digit by digit', () => {
    fc.assert(
      fc.property(fc.constantFrom(...LANGUAGES), fc.stringMatching(/^\d{3,9}$/), (language, digits) => {
        const words = [...digits].map((digit) => numberWords(language).digits[Number(digit)]).join(' ');
        expect(value({ type: 'number', digits: digits.length }, words, { language })).toBe(digits);
      }),
    );
  });

  it('0…99 are all in the tables', () => {
    for (const language of LANGUAGES) {
      const values = new Set(numberWords(language).small.values());
      expect(
        [...Array(100).keys()].filter((number) => !values.has(number)),
        language,
      ).toEqual([]);
    }
  });
});

describe('spoken English numbers', () => {
  const styles = { digitByDigit, inPairs, withDoubles } as const;
  it.each(Object.entries(styles))('come back exactly when said %s', (_, speak) => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{4,8}$/), (digits) => {
        const spec: SlotSpec = { type: 'number', digits: digits.length };
        expect(ask(spec, speak(digits)).map((reading) => reading.value)).toContain(digits);
        expect(best(spec, speak(digits), { known: [digits] })).toMatchObject({
          value: digits,
          confidence: 1,
        });
      }),
    );
  });

  it('come back exactly when counted', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 999_999 }), (number) => {
        const digits = String(number);
        expect(value({ type: 'number', digits: digits.length }, counted(number))).toBe(digits);
      }),
    );
  });
});

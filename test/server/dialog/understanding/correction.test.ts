import { describe, expect, it } from 'vitest';
import { readCorrection } from '../../../../server/dialog/understanding/correction.ts';

describe('a correction in passing', () => {
  it.each([
    ['no, the blue one', 'the blue one', undefined],
    ['no the blue one', 'the blue one', undefined],
    ['actually Friday', 'Friday', undefined],
    ['I meant the red one', 'the red one', undefined],
    ['not blue but red', 'red', 'blue'],
    ['not the blue one, the red one', 'the red one', 'the blue one'],
    ['sorry, four not five', 'four', 'five'],
    ['friday instead of monday', 'friday', 'monday'],
    ['it is tuesday no wednesday', 'wednesday', undefined],
    ['one zero five, sorry, one zero four', 'one zero four', undefined],
    ['wait, make that two', 'two', undefined],
  ])('"%s" leaves "%s"', (text, rest, negated) => {
    expect(readCorrection(text, 'en')).toEqual(negated === undefined ? { rest } : { rest, negated });
  });

  it.each(['no', 'where is my order', "I'm not sure", 'I do not want it', 'yes please', '', '   '])(
    '"%s" is none',
    (text) => expect(readCorrection(text, 'en')).toBeNull(),
  );

  it.each([
    ['es', 'no, la azul', 'la azul'],
    ['fr', 'pas le bleu mais le rouge', 'le rouge'],
    ['de', 'nicht blau sondern rot', 'rot'],
    ['pt', 'desculpe, sexta-feira', 'sexta-feira'],
    ['ar', 'لا الازرق', 'الازرق'],
  ])('is understood in %s', (language, text, rest) => {
    expect(readCorrection(text, language)?.rest).toBe(rest);
  });
});

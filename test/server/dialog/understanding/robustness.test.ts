import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCorrection } from '../../../../server/dialog/understanding/correction.ts';
import { speakDate, speakEmail, speakNumber } from '../../../../server/dialog/understanding/readback.ts';
import { SLOT_TYPES } from '../../../../server/dialog/understanding/slot.ts';
import { LANGUAGES } from '../../../../shared/language.ts';
import { ask } from './ask.ts';

const choices = { blue: ['the blue one'], red: ['scarlet'] };
const language = fc.constantFrom(...LANGUAGES, 'en-GB', 'ja', '');
const words = fc
  .array(
    fc.constantFrom(
      'one',
      'to',
      'oh',
      'and',
      'hundred',
      'thousand',
      'double',
      'no',
      'not',
      'at',
      'dot',
      'the',
      'may',
      'street',
      ',',
      '5',
      '.com',
      '@',
      'yes',
    ),
    { maxLength: 60 },
  )
  .map((list) => list.join(' '));
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  words,
);

describe('slot readers', () => {
  it('never throw, and keep confidence between 0 and 1, best first', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SLOT_TYPES),
        language,
        text,
        fc.array(text, { maxLength: 3 }),
        fc.boolean(),
        (type, tag, said, others, asked) => {
          const readings = ask({ type, choices, digits: 5 }, said, {
            language: tag,
            alternatives: others,
            known: ['10427', said],
            asked,
          });
          const confidences = readings.map((reading) => reading.confidence);
          for (const confidence of confidences) {
            expect(confidence).toBeGreaterThanOrEqual(0);
            expect(confidence).toBeLessThanOrEqual(1);
          }
          expect(confidences).toEqual([...confidences].sort((a, b) => b - a));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('corrections and reading back never throw', () => {
    fc.assert(
      fc.property(text, language, (said, tag) => {
        const correction = readCorrection(said, tag);
        if (correction) expect(correction.rest).not.toBe('');
        speakNumber(said, tag);
        speakDate(said, tag);
        speakEmail(said, tag);
      }),
      { numRuns: 500 },
    );
  });

  it('bound huge texts', () => {
    for (const piece of [
      'one ',
      'double ',
      'no not but ',
      'x',
      '1',
      '@.',
      'a at b dot ',
      '1 2 3 street, ',
      'and and ',
      '1/2/',
      'für ',
      '\u0301',
      'hundred thousand ',
    ]) {
      const huge = piece.repeat(Math.ceil(200_000 / piece.length));
      for (const type of SLOT_TYPES)
        expect(ask({ type, choices, digits: 5 }, huge, { alternatives: [huge] }).length).toBeLessThan(20);
      readCorrection(huge, 'en');
    }
  });
});

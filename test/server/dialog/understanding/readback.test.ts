import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  grouped,
  speakAmount,
  speakDate,
  speakEmail,
  speakNumber,
} from '../../../../server/dialog/understanding/readback.ts';
import { LANGUAGES } from '../../../../shared/language.ts';
import { value } from './ask.ts';

describe('reading back', () => {
  it('speaks numbers digit by digit, in groups', () => {
    expect(speakNumber('10427', 'en')).toBe('one zero four, two seven');
    expect(speakNumber('1042', 'en')).toBe('one zero, four two');
    expect(speakNumber('ORD-427', 'en')).toBe('O R D, four two seven');
    expect(speakNumber('10427', 'de')).toBe('eins null vier, zwei sieben');
  });

  it('groups lose no digit and leave none alone', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{2,30}$/), (digits) => {
        const groups = grouped(digits);
        expect(groups.join('')).toBe(digits);
        for (const group of groups) expect(group.length === 2 || group.length === 3).toBe(true);
      }),
    );
  });

  it('is understood when it is heard again, in every language', () => {
    fc.assert(
      fc.property(fc.constantFrom(...LANGUAGES), fc.stringMatching(/^\d{4,9}$/), (language, digits) => {
        expect(
          value({ type: 'number', digits: digits.length }, speakNumber(digits, language), { language }),
        ).toBe(digits);
      }),
    );
  });

  it('speaks dates with their weekday, and the year when it is another', () => {
    expect(speakDate('2026-05-03', 'en')).toBe('Sunday, May 3rd');
    expect(speakDate('2027-05-21', 'en', '2026-11-22')).toBe('Friday, May 21st, 2027');
    expect(speakDate('2026-05-03', 'fr')).toBe('dimanche 3 mai');
    expect(speakDate('soon', 'en')).toBe('soon');
  });

  it('speaks sums in units and hundredths', () => {
    expect(speakAmount(4990, 'EUR', 'en')).toBe('49 euros and 90 cents');
    expect(speakAmount(100, 'USD', 'en')).toBe('1 dollar');
    expect(speakAmount(1, 'GBP', 'en')).toBe('1 penny');
    expect(speakAmount(4990, null, 'en')).toBe('49.90');
    expect(speakAmount(4990, 'EUR', 'de')).toBe('49,90 Euro');
    expect(speakAmount(4990, 'no currency', 'en')).toBe('49.90');
  });

  it('speaks e-mail addresses so that they can be said back', () => {
    expect(speakEmail('jane.doe_27@example.com', 'en')).toBe(
      'jane dot doe underscore two seven, at example dot com',
    );
    expect(value('email', speakEmail('jane.doe_27@example.com', 'en'))).toBe('jane.doe_27@example.com');
  });
});

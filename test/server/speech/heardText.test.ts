import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { heardText } from '../../../server/speech/heardText.ts';

describe('heardText', () => {
  test('is nothing before the first word and everything at the end', () => {
    expect(heardText('Your parcel is on its way.', 0, 2_000)).toBe('');
    expect(heardText('Your parcel is on its way.', 2_000, 2_000)).toBe('Your parcel is on its way.');
    expect(heardText('Your parcel is on its way.', 100, 0)).toBe('');
  });

  test('counts a word when its end was heard', () => {
    expect(heardText('aaaa bbbb cccc dddd', 990, 2_000)).toBe('aaaa bbbb');
    expect(heardText('aaaa bbbb cccc dddd', 900, 2_000)).toBe('aaaa');
  });

  test('gives digits the time of words', () => {
    expect(heardText('order 10427 is late', 1_000, 2_000)).toBe('order');
    expect(heardText('order 10427 is late', 1_600, 2_000)).toBe('order 10427');
  });

  test('is always whole words from the beginning, and grows with time', () => {
    fc.assert(
      fc.property(fc.lorem(), fc.nat(5_000), fc.nat(5_000), (text, a, b) => {
        const [early, late] = [
          heardText(text, Math.min(a, b), 5_000),
          heardText(text, Math.max(a, b), 5_000),
        ];
        expect(text.startsWith(late)).toBe(true);
        expect(late.startsWith(early)).toBe(true);
        expect(['', ' ', undefined]).toContain(late === '' ? '' : text[late.length]);
      }),
    );
  });
});

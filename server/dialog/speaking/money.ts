import { speakAmount } from '../understanding/readback.ts';
import { memoized } from './memoized.ts';

const captionFormat = memoized(
  (language: string, currency: string) => new Intl.NumberFormat(language, { style: 'currency', currency }),
);

/** An amount in minor units (cents): "€129.90", spoken "129 euros and 90 cents". */
export function money(cents: number, currency: string, language: string): { text: string; speech: string } {
  const text = captionFormat(language, currency).format(cents / 100);
  return { text, speech: speakAmount(cents, currency, language) };
}

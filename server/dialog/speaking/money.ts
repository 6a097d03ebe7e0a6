import { memoized } from './memoized.ts';

const captionFormat = memoized(
  (language: string, currency: string) => new Intl.NumberFormat(language, { style: 'currency', currency }),
);
const wholeFormat = memoized(
  (language: string, currency: string) =>
    new Intl.NumberFormat(language, {
      style: 'currency',
      currency,
      currencyDisplay: 'name',
      trailingZeroDisplay: 'stripIfInteger',
    }),
);

/** An amount in minor units (cents): "€129.90", spoken "129 euros 90". */
export function money(cents: number, currency: string, language: string): { text: string; speech: string } {
  const text = captionFormat(language, currency).format(cents / 100);
  const rest = Math.abs(cents) % 100;
  const named = wholeFormat(language, currency);
  if (rest === 0) return { text, speech: named.format(cents / 100) };
  if (cents < 100) return { text, speech: named.format(cents / 100) };
  return { text, speech: `${named.format(Math.trunc(cents / 100))} ${String(rest).padStart(2, '0')}` };
}

import type { DeclineReason } from './model.ts';

/** Cards of the pretended bank: what a number does when it is charged. */
export type TestCard = { number: string; does: string; declines: DeclineReason | null };

export const TEST_CARDS: readonly TestCard[] = [
  { number: '4242 4242 4242 4242', does: 'is accepted', declines: null },
  { number: '4000 0000 0000 0002', does: 'has insufficient funds', declines: 'insufficient_funds' },
  { number: '4000 0000 0000 0069', does: 'has expired', declines: 'expired_card' },
  { number: '4000 0000 0000 3220', does: 'fails 3-D Secure', declines: '3ds_failed' },
];

export type Charge = { ok: true; last4: string } | { ok: false; last4: string; reason: DeclineReason };

/** Asks the pretended bank. Null: not one of its cards, nothing is charged. */
export function charge(cardNumber: string): Charge | null {
  const digits = cardNumber.replaceAll(/[\s-]/g, '');
  const card = TEST_CARDS.find(({ number }) => number.replaceAll(' ', '') === digits);
  if (!card) return null;
  const last4 = digits.slice(-4);
  return card.declines ? { ok: false, last4, reason: card.declines } : { ok: true, last4 };
}

import type { Owned, Payment } from './model.ts';
import { Refusal } from './refusal.ts';
import type { Store } from './store.ts';

/** A second captured payment of the same amount for the same order. */
export function isDuplicate(store: Store, payment: Payment): boolean {
  return (
    payment.status === 'captured' &&
    store.records.payments.some(
      (other) =>
        other.id !== payment.id &&
        other.orderNumber === payment.orderNumber &&
        other.amountCents === payment.amountCents &&
        other.status === 'captured',
    )
  );
}

export function refundDuplicate(store: Store, payment: Owned<Payment>): void {
  if (!isDuplicate(store, payment)) throw new Refusal('not_duplicate');
  payment.status = 'refunded';
}

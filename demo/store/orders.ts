import { type Charge, charge } from './cards.ts';
import { CURRENCY } from './catalogue.ts';
import { addDays } from './days.ts';
import type { Address, Item, Order, Owned, PublicOrder } from './model.ts';
import { Refusal } from './refusal.ts';
import type { Store } from './store.ts';

const DELIVERY_DAYS = 5;

export function publicOrder({ number, status, estimatedDelivery }: Order): PublicOrder {
  return { number, status, estimatedDelivery };
}

export function canChange({ status }: Order): boolean {
  return status === 'processing' || status === 'packed';
}

/** Street, city and postcode change; name and country stay. */
export function changeAddress(order: Order, address: Pick<Address, 'street' | 'city' | 'postcode'>): void {
  if (order.status === 'cancelled') throw new Refusal('already_cancelled');
  if (!canChange(order)) throw new Refusal('already_dispatched');
  order.shipTo = { ...order.shipTo, ...address };
}

/** Cancels and gives back every captured payment; returns the cents that go back. */
export function cancelOrder(store: Store, order: Order): number {
  if (order.status === 'cancelled') throw new Refusal('already_cancelled');
  if (!canChange(order)) throw new Refusal('already_dispatched');
  order.status = 'cancelled';
  order.estimatedDelivery = null;
  let refundCents = 0;
  for (const payment of store.records.payments) {
    if (payment.orderNumber !== order.number || payment.status !== 'captured') continue;
    payment.status = 'refunded';
    refundCents += payment.amountCents;
  }
  return refundCents;
}

export function totalOf(items: readonly Item[]): number {
  return items.reduce((sum, item) => sum + item.quantity * item.priceCents, 0);
}

type Purchase = {
  number: string;
  customerId: string | null;
  items: Item[];
  shipTo: Address;
  cardNumber: string;
};

/**
 * Charges the card, notes the payment, and places the order if the card was accepted. Null: not a card of the
 * pretended bank; nothing has happened.
 */
export function buy(store: Store, purchase: Purchase): Charge | null {
  const outcome = charge(purchase.cardNumber);
  if (!outcome) return null;
  const { number, customerId, items, shipTo } = purchase;
  const totalCents = totalOf(items);
  store.records.payments.push({
    id: store.takePaymentId(),
    orderNumber: number,
    customerId,
    amountCents: totalCents,
    currency: CURRENCY,
    status: outcome.ok ? 'captured' : 'declined',
    reason: outcome.ok ? null : outcome.reason,
    at: store.now,
    last4: outcome.last4,
  });
  if (outcome.ok) {
    const order: Owned<Order> = {
      number,
      customerId,
      placedAt: store.now,
      status: 'processing',
      items: items.map((item) => ({ ...item })),
      totalCents,
      currency: CURRENCY,
      shipTo,
      carrier: null,
      trackingNumber: null,
      estimatedDelivery: addDays(store.today, DELIVERY_DAYS),
      deliveredAt: null,
    };
    store.records.orders.push(order);
  }
  return outcome;
}

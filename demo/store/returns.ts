import { isDay, pickupDays } from './days.ts';
import type { Item, Order, Owned, Return, ReturnMethod } from './model.ts';
import { Refusal } from './refusal.ts';
import type { Store } from './store.ts';

const WINDOW_MS = 30 * 24 * 3_600_000;

export const RETURN_REASONS = {
  changed_mind: 'I changed my mind',
  damaged: 'It arrived damaged',
  wrong_item: 'It is not what I ordered',
  not_as_described: 'It looks different from the pictures',
} as const;

export type ReturnReason = keyof typeof RETURN_REASONS;

export function isReturnReason(text: string): text is ReturnReason {
  return Object.hasOwn(RETURN_REASONS, text);
}

/** Items of an order delivered in the last 30 days for which no return has begun. */
export function returnableItems(store: Store, order: Order): Item[] {
  if (order.status !== 'delivered' || order.deliveredAt === null) return [];
  if (Date.parse(store.now) - Date.parse(order.deliveredAt) > WINDOW_MS) return [];
  return order.items.filter(
    ({ sku, color }) =>
      !store.records.returns.some(
        (one) => one.orderNumber === order.number && one.item.sku === sku && one.item.color === color,
      ),
  );
}

export function startReturn(
  store: Store,
  order: Owned<Order>,
  choice: { sku: string; color: string; reason: ReturnReason },
): Owned<Return> {
  const item = returnableItems(store, order).find(
    ({ sku, color }) => sku === choice.sku && color === choice.color,
  );
  if (!item) throw new Refusal('not_returnable');
  const started: Owned<Return> = {
    id: store.takeReturnId(),
    customerId: order.customerId,
    orderNumber: order.number,
    item: { sku: item.sku, name: item.name, color: item.color },
    reason: choice.reason,
    status: 'started',
    step: 'method',
    startedAt: store.now,
    method: null,
    date: null,
    refundCents: item.priceCents * item.quantity,
    currency: order.currency,
  };
  store.records.returns.push(started);
  return started;
}

/** The first answer of the form: a drop-off is complete with it, a pick-up goes on to the day. */
export function chooseMethod(store: Store, one: Return, method: ReturnMethod): void {
  if (method === 'dropoff') {
    completeReturn(store, one, { method });
    return;
  }
  if (one.status !== 'started') throw new Refusal('already_complete');
  one.method = method;
  one.step = 'date';
}

/** Without a day the carrier comes on the first one possible. */
export function completeReturn(
  store: Store,
  one: Return,
  { method, date }: { method: ReturnMethod; date?: string | undefined },
): void {
  if (one.status !== 'started') throw new Refusal('already_complete');
  const days = pickupDays(store.today);
  if (method === 'pickup' && date !== undefined && !(isDay(date) && days.includes(date))) {
    throw new Refusal('date_unavailable');
  }
  one.method = method;
  one.date = method === 'pickup' ? (date ?? days[0] ?? null) : null;
  one.status = 'label_sent';
  one.step = 'done';
}

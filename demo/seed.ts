import { CURRENCY, itemOf } from './store/catalogue.ts';
import { addDays, dayOf } from './store/days.ts';
import type { Address, Customer, Item, Order, Owned, Payment, Records } from './store/model.ts';

export const JANE = 'cus_jane';
export const AMELIE = 'cus_amelie';
export const MATEO = 'cus_mateo';
/** The order with which the return form can be tried by a guest, and the postcode that proves it is theirs. */
export const GUEST_ORDER = { number: '10391', postcode: 'BS1 4ST' };
/** The first number that the shop gives to an order placed while it runs. */
export const FIRST_FREE_ORDER_NUMBER = 10551;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function customer(id: string, name: string, language: string, email: string, address: Omit<Address, 'name'>) {
  const [firstName = name] = name.split(' ');
  return { id, name, firstName, language, email, address: { name, ...address } } satisfies Customer;
}

const jane = customer(JANE, 'Jane Doe', 'en', 'jane@example.com', {
  street: '12 Larch Lane',
  city: 'Bristol',
  postcode: 'BS6 5JW',
  country: 'GB',
});
const amelie = customer(AMELIE, 'Amélie Laurent', 'fr', 'amelie@example.com', {
  street: '8 Quay Street',
  city: 'Falmouth',
  postcode: 'TR11 3HH',
  country: 'GB',
});
const mateo = customer(MATEO, 'Mateo García', 'es', 'mateo@example.com', {
  street: '41 Candle Row',
  city: 'Leeds',
  postcode: 'LS7 4HF',
  country: 'GB',
});
const guestAddress: Address = {
  name: 'Sam Guest',
  street: '3 Wharf Road',
  city: 'Bristol',
  postcode: GUEST_ORDER.postcode,
  country: 'GB',
};

/** The records the shop starts with, told relative to the present moment. */
export function seedRecords(nowEpochMs: number): Records {
  const today = dayOf(nowEpochMs);
  const ago = (days: number, hours = 0) =>
    new Date(nowEpochMs - days * DAY_MS - hours * HOUR_MS).toISOString();

  const order = (
    number: string,
    buyer: Customer | null,
    items: Item[],
    rest: Partial<Order> & Pick<Order, 'placedAt' | 'status'>,
  ): Owned<Order> => ({
    number,
    customerId: buyer?.id ?? null,
    items,
    totalCents: items.reduce((sum, item) => sum + item.quantity * item.priceCents, 0),
    currency: CURRENCY,
    shipTo: { ...(buyer?.address ?? guestAddress) },
    carrier: null,
    trackingNumber: null,
    estimatedDelivery: null,
    deliveredAt: null,
    ...rest,
  });

  const orders = [
    order('10391', null, [itemOf('globe-table-lamp', 'amber')], {
      placedAt: ago(14),
      status: 'delivered',
      carrier: 'Royal Mail',
      trackingNumber: 'RM 4410 9921 GB',
      estimatedDelivery: addDays(today, -9),
      deliveredAt: ago(9, 3),
    }),
    order('10402', jane, [itemOf('low-stool', 'natural', 2)], {
      placedAt: ago(26),
      status: 'delivered',
      carrier: 'DPD',
      trackingNumber: 'DPD 1550 2217 40',
      estimatedDelivery: addDays(today, -20),
      deliveredAt: ago(20, 2),
    }),
    order('10427', jane, [itemOf('oak-desk-lamp', 'brass')], {
      placedAt: ago(11),
      status: 'delivered',
      carrier: 'DPD',
      trackingNumber: 'DPD 1550 3318 02',
      estimatedDelivery: addDays(today, -6),
      deliveredAt: ago(6),
    }),
    order('10455', amelie, [itemOf('reading-chair', 'sage')], {
      placedAt: ago(5),
      status: 'packed',
      estimatedDelivery: addDays(today, 4),
    }),
    order('10470', mateo, [itemOf('arc-floor-lamp', 'black'), itemOf('wall-shelf', 'smoked', 2)], {
      placedAt: ago(8),
      status: 'delivered',
      carrier: 'Evri',
      trackingNumber: 'EV 7719 0425',
      estimatedDelivery: addDays(today, -2),
      deliveredAt: ago(2, 4),
    }),
    order('10498', jane, [itemOf('oak-side-table', 'smoked')], {
      placedAt: ago(4),
      status: 'dispatched',
      carrier: 'DPD',
      trackingNumber: 'DPD 1550 4471 93',
      estimatedDelivery: addDays(today, 2),
    }),
    order('10512', jane, [itemOf('linen-pendant', 'sage'), itemOf('wall-shelf', 'natural')], {
      placedAt: ago(2, 5),
      status: 'processing',
      estimatedDelivery: addDays(today, 5),
    }),
    order('10533', jane, [itemOf('globe-table-lamp', 'opal')], {
      placedAt: ago(1, 9),
      status: 'processing',
      estimatedDelivery: addDays(today, 6),
    }),
  ];

  let paymentNumber = 7000;
  const paid = (orderNumber: string, at: string, last4: string): Owned<Payment> => {
    const bought = orders.find(({ number }) => number === orderNumber) as Owned<Order>;
    paymentNumber += 1;
    return {
      id: `P-${paymentNumber}`,
      orderNumber,
      customerId: bought.customerId,
      amountCents: bought.totalCents,
      currency: CURRENCY,
      status: 'captured',
      reason: null,
      at,
      last4,
    };
  };

  return {
    customers: [jane, amelie, mateo].map((one) => ({ ...one, address: { ...one.address } })),
    orders,
    payments: [
      paid('10391', ago(14), '1881'),
      paid('10402', ago(26), '4242'),
      paid('10427', ago(11), '4242'),
      paid('10455', ago(5), '5100'),
      paid('10470', ago(8), '0341'),
      paid('10498', ago(4), '4242'),
      paid('10512', ago(2, 5), '4242'),
      paid('10533', ago(1, 9), '4242'),
      paid('10533', new Date(nowEpochMs - DAY_MS - 9 * HOUR_MS + 40_000).toISOString(), '4242'),
    ],
    returns: [
      {
        id: 'R-2038',
        customerId: MATEO,
        orderNumber: '10470',
        item: { sku: 'wall-shelf', name: 'Wall shelf', color: 'smoked' },
        reason: 'damaged',
        status: 'in_transit',
        step: 'done',
        startedAt: ago(1, 20),
        method: 'pickup',
        date: addDays(today, -1),
        refundCents: 7900,
        currency: CURRENCY,
      },
      {
        id: 'R-2041',
        customerId: JANE,
        orderNumber: '10427',
        item: { sku: 'oak-desk-lamp', name: 'Oak desk lamp', color: 'brass' },
        reason: 'changed_mind',
        status: 'started',
        step: 'method',
        startedAt: ago(1),
        method: null,
        date: null,
        refundCents: 12900,
        currency: CURRENCY,
      },
    ],
    messages: [],
    tickets: [
      {
        id: 'T-318',
        customerId: JANE,
        subject: 'Charged twice for order 10533?',
        status: 'open',
        createdAt: ago(1),
        lastMessage: 'My bank shows two payments for the same lamp. Can you check?',
      },
    ],
  };
}

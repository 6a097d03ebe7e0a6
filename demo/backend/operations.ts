import { z } from 'zod';
import type { JsonObject } from '../../shared/json.ts';
import { OPENING_HOURS } from '../store/hours.ts';
import type { Owned } from '../store/model.ts';
import { cancelOrder, changeAddress, publicOrder } from '../store/orders.ts';
import { refundDuplicate } from '../store/payments.ts';
import { Refusal } from '../store/refusal.ts';
import { completeReturn } from '../store/returns.ts';
import type { Store } from '../store/store.ts';

export type Subject = { customerId: string | null };

/** Arguments are refused with a ZodError, business with a Refusal. */
export type Operation = (store: Store, subject: Subject, args: unknown) => JsonObject;

/** People say "order 10427" and "R 2041": what is no part of the number is taken away. */
const orderNumber = z
  .union([z.string().max(20), z.number().int().nonnegative()])
  .transform((raw) => String(raw).replaceAll(/[\s#-]/g, ''))
  .pipe(z.string().regex(/^\d{1,12}$/));
const returnId = z
  .string()
  .max(20)
  .transform((raw) => raw.toUpperCase().replace(/^R?[\s-]*(\d)/, 'R-$1'));
const line = (max: number) => z.string().trim().min(1).max(max);

function operation<Shape extends z.ZodType>(
  shape: Shape,
  run: (args: z.output<Shape>, store: Store, subject: Subject) => JsonObject,
): Operation {
  return (store, subject, args) => run(shape.parse(args), store, subject);
}

/** A record as it leaves the shop: whose it is stays here, and later changes do not reach it. */
function plain<Record extends object>({ customerId: _, ...record }: Owned<Record>): JsonObject {
  return structuredClone(record) as JsonObject;
}

function customerOf(store: Store, { customerId }: Subject) {
  const customer = customerId === null ? undefined : store.customer(customerId);
  if (!customer) throw new Refusal('not_signed_in');
  return customer;
}

/** The caller's own record. A stranger's is not found, so that numbers cannot be probed. */
function own<Record extends { customerId: string | null }>(
  store: Store,
  subject: Subject,
  record: Record | undefined,
): Record {
  const customer = customerOf(store, subject);
  if (!record || record.customerId !== customer.id) throw new Refusal('not_found');
  return record;
}

function ofCustomer<Record extends { customerId: string | null }>(records: Record[], customerId: string) {
  return records.filter((record) => record.customerId === customerId).map(plain);
}

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'customer.overview': operation(z.object({}), (_, store, subject) => {
    const { id, name, firstName, email, language } = customerOf(store, subject);
    return {
      customer: { id, name, firstName, email, language },
      orders: store.ordersOf(id).map(plain),
      returns: ofCustomer(store.records.returns, id),
      tickets: ofCustomer(store.records.tickets, id),
      payments: ofCustomer(store.records.payments, id),
    };
  }),

  'orders.find': operation(z.object({ number: orderNumber }), ({ number }, store, { customerId }) => {
    const order = store.order(number);
    if (!order) throw new Refusal('not_found');
    const owner = customerId !== null && order.customerId === customerId;
    return { order: owner ? plain(order) : publicOrder(order) };
  }),

  'orders.changeAddress': operation(
    z.object({ number: orderNumber, street: line(120), city: line(60), postcode: line(12) }),
    ({ number, street, city, postcode }, store, subject) => {
      const order = own(store, subject, store.order(number));
      changeAddress(order, { street, city, postcode });
      return { order: plain(order) };
    },
  ),

  'orders.cancel': operation(z.object({ number: orderNumber }), ({ number }, store, subject) => {
    const order = own(store, subject, store.order(number));
    const refundCents = cancelOrder(store, order);
    return { order: plain(order), refundCents, currency: order.currency };
  }),

  'returns.find': operation(
    z
      .object({ id: returnId.optional(), orderNumber: orderNumber.optional() })
      .refine((args) => args.id !== undefined || args.orderNumber !== undefined),
    ({ id, orderNumber: number }, store, subject) => {
      const customer = customerOf(store, subject);
      const found = store.records.returns.findLast(
        (one) =>
          one.customerId === customer.id &&
          (id === undefined || one.id === id) &&
          (number === undefined || one.orderNumber === number),
      );
      return { return: plain(own(store, subject, found)) };
    },
  ),

  'returns.complete': operation(
    z.object({ id: returnId, method: z.enum(['pickup', 'dropoff']), date: z.iso.date().optional() }),
    ({ id, method, date }, store, subject) => {
      const found = own(store, subject, store.return(id));
      completeReturn(store, found, { method, date });
      return { return: plain(found) };
    },
  ),

  'payments.list': operation(
    z.object({ orderNumber: orderNumber.optional() }),
    ({ orderNumber: number }, store, subject) => {
      const { id } = customerOf(store, subject);
      const payments = store.records.payments.filter(
        (payment) => number === undefined || payment.orderNumber === number,
      );
      return { payments: ofCustomer(payments, id) };
    },
  ),

  'payments.refundDuplicate': operation(
    z.object({ paymentId: z.string().max(20) }),
    ({ paymentId }, store, subject) => {
      const payment = own(
        store,
        subject,
        store.records.payments.find(({ id }) => id === paymentId),
      );
      refundDuplicate(store, payment);
      return { payment: plain(payment) };
    },
  ),

  'customers.identify': operation(z.object({ orderNumber }), ({ orderNumber: number }, store) => {
    const order = store.order(number);
    const customer = order?.customerId ? store.customer(order.customerId) : undefined;
    if (!customer) throw new Refusal('not_found');
    return { customerId: customer.id, reach: 'the e-mail address of that order' };
  }),

  'customers.sendCode': operation(
    z.object({ customerId: line(40), code: z.string().regex(/^\d{6}$/) }),
    ({ customerId, code }, store) => {
      const customer = store.customer(customerId);
      if (!customer) throw new Refusal('not_found');
      store.records.messages.push({
        customerId,
        to: customer.email,
        text: `Your code for Robin, our voice assistant: ${code}`,
        at: store.now,
      });
      return {};
    },
  ),

  'customers.checkPostcode': operation(
    z.object({ customerId: line(40), answer: line(40) }),
    ({ customerId, answer }, store) => {
      const plainly = (text: string) => text.replaceAll(/\W/g, '').toUpperCase();
      const customer = store.customer(customerId);
      return { right: customer !== undefined && plainly(customer.address.postcode) === plainly(answer) };
    },
  ),

  'tickets.create': operation(
    z.object({ subject: line(200), body: line(4000) }),
    ({ subject: title, body }, store, { customerId }) => {
      const ticket = {
        id: store.takeTicketId(),
        customerId,
        subject: title,
        status: 'open' as const,
        createdAt: store.now,
        lastMessage: body,
      };
      store.records.tickets.push(ticket);
      return { ticket: plain(ticket) };
    },
  ),

  'shop.hours': operation(z.object({}), () => structuredClone(OPENING_HOURS)),
};

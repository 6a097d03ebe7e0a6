import { z } from 'zod';
import type { Order, Owned } from '../../store/model.ts';
import { cancelOrder, changeAddress } from '../../store/orders.ts';
import { returnableItems } from '../../store/returns.ts';
import { type Front, sendNotFound, sendPage } from '../front.ts';
import { unfinishedReturn } from '../pageFacts.ts';
import { orderPage, ordersPage } from '../pages/orders.ts';
import { mayOpenOrder, type Visitor } from '../visitors.ts';

const line = (max: number) => z.string().trim().min(1).max(max);
const address = z.object({ street: line(120), city: line(60), postcode: line(12) });

type OrderRoute = { Params: { number: string }; Querystring: { placed?: string } };

export function serveOrders(front: Front): void {
  const { app, store, visitors } = front;

  const ownOrder = (visitor: Visitor, number: string): Owned<Order> | undefined => {
    const order = store.order(number);
    return order && mayOpenOrder(visitor, order) ? order : undefined;
  };

  app.get('/orders', async (request, reply) => {
    const visitor = visitors.of(request);
    const { customerId } = visitor;
    if (customerId === null && visitor.orderNumbers.size === 0) return reply.redirect('/sign-in', 303);
    const orders =
      customerId === null
        ? store.records.orders.filter((order) => mayOpenOrder(visitor, order))
        : store.ordersOf(customerId);
    const customer = customerId === null ? undefined : store.customer(customerId);
    return sendPage(front, request, reply, ordersPage(orders, customer, unfinishedReturn(store, visitor)));
  });

  app.get<OrderRoute>('/orders/:number', async (request, reply) => {
    const order = ownOrder(visitors.of(request), request.params.number);
    if (!order) return sendNotFound(front, request, reply);
    const { payments, returns } = store.records;
    const page = orderPage(order, {
      payments: payments.filter(({ orderNumber }) => orderNumber === order.number),
      returns: returns.filter(({ orderNumber }) => orderNumber === order.number),
      returnable: returnableItems(store, order).length > 0,
      placed: request.query.placed === '1',
    });
    return sendPage(front, request, reply, page, { order });
  });

  app.post<OrderRoute>('/orders/:number/address', async (request, reply) => {
    const order = ownOrder(visitors.of(request), request.params.number);
    if (!order) return sendNotFound(front, request, reply);
    changeAddress(order, address.parse(request.body));
    return reply.redirect(`/orders/${order.number}`, 303);
  });

  app.post<OrderRoute>('/orders/:number/cancel', async (request, reply) => {
    const order = ownOrder(visitors.of(request), request.params.number);
    if (!order) return sendNotFound(front, request, reply);
    cancelOrder(store, order);
    return reply.redirect(`/orders/${order.number}`, 303);
  });
}

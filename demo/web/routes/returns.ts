import { z } from 'zod';
import { pickupDays } from '../../store/days.ts';
import type { Owned, Return } from '../../store/model.ts';
import {
  chooseMethod,
  completeReturn,
  isReturnReason,
  returnableItems,
  startReturn,
} from '../../store/returns.ts';
import { type Front, sendNotFound, sendPage } from '../front.ts';
import { newReturnPage, type Returnable, returnPage, returnsPage } from '../pages/returns.ts';
import { mayOpenOrder, mayOpenReturn, type Visitor } from '../visitors.ts';

const search = z.object({ number: z.string().trim().max(12), postcode: z.string().trim().max(12) });
const beginning = z.object({
  orderNumber: z.string().max(12),
  item: z.string().regex(/^[a-z-]+\/[a-z]+$/),
  reason: z.string().refine(isReturnReason),
});
const method = z.object({ method: z.enum(['pickup', 'dropoff']) });
const day = z.object({ date: z.iso.date() });

type ReturnRoute = { Params: { id: string } };

export function serveReturns(front: Front): void {
  const { app, store, visitors } = front;

  const returnables = (visitor: Visitor): Returnable[] =>
    store.records.orders
      .filter((order) => mayOpenOrder(visitor, order))
      .map((order) => ({ order, items: returnableItems(store, order) }))
      .filter(({ items }) => items.length > 0);

  const overview = (visitor: Visitor, wrong: string[]) =>
    returnsPage(
      store.records.returns.filter((one) => mayOpenReturn(visitor, one)),
      returnables(visitor),
      { signedIn: visitor.customerId !== null, wrong },
    );

  const ownReturn = (visitor: Visitor, id: string): Owned<Return> | undefined => {
    const one = store.return(id);
    return one && mayOpenReturn(visitor, one) ? one : undefined;
  };

  app.get('/returns', async (request, reply) =>
    sendPage(front, request, reply, overview(visitors.of(request), [])),
  );

  app.post('/returns/find', async (request, reply) => {
    const { number, postcode } = search.parse(request.body);
    const visitor = visitors.of(request);
    const order = store.order(number);
    const theirs = order && order.customerId === null && sameCode(order.shipTo.postcode, postcode);
    if (!theirs) {
      const wrong = ['We do not know a guest order with this number and postcode.'];
      return sendPage(front, request, reply, overview(visitor, wrong), { status: 404 });
    }
    visitor.orderNumbers.add(order.number);
    for (const { id, orderNumber } of store.records.returns) {
      if (orderNumber === order.number) visitor.returnIds.add(id);
    }
    visitors.keep(request, reply, visitor);
    const left = returnableItems(store, order).length > 0;
    return reply.redirect(left ? `/returns/new?order=${order.number}` : '/returns', 303);
  });

  app.get<{ Querystring: { order?: string } }>('/returns/new', async (request, reply) => {
    const chosen = returnables(visitors.of(request)).find(
      ({ order }) => order.number === request.query.order,
    );
    if (!chosen) return sendNotFound(front, request, reply);
    return sendPage(front, request, reply, newReturnPage(chosen), { order: chosen.order });
  });

  app.post('/returns', async (request, reply) => {
    const { orderNumber, item, reason } = beginning.parse(request.body);
    const visitor = visitors.of(request);
    const order = store.order(orderNumber);
    if (!order || !mayOpenOrder(visitor, order)) return sendNotFound(front, request, reply);
    const [sku = '', color = ''] = item.split('/');
    const started = startReturn(store, order, { sku, color, reason });
    visitor.returnIds.add(started.id);
    visitor.events.push({ name: 'return_started', data: { orderNumber } });
    visitors.keep(request, reply, visitor);
    return reply.redirect(`/returns/${started.id}`, 303);
  });

  app.get<ReturnRoute>('/returns/:id', async (request, reply) => {
    const one = ownReturn(visitors.of(request), request.params.id);
    if (!one) return sendNotFound(front, request, reply);
    return sendPage(front, request, reply, returnPage(one, pickupDays(store.today)));
  });

  app.post<ReturnRoute>('/returns/:id/method', async (request, reply) => {
    const one = ownReturn(visitors.of(request), request.params.id);
    if (!one) return sendNotFound(front, request, reply);
    chooseMethod(store, one, method.parse(request.body).method);
    return reply.redirect(`/returns/${one.id}`, 303);
  });

  app.post<ReturnRoute>('/returns/:id/date', async (request, reply) => {
    const one = ownReturn(visitors.of(request), request.params.id);
    if (!one) return sendNotFound(front, request, reply);
    completeReturn(store, one, { method: 'pickup', date: day.parse(request.body).date });
    return reply.redirect(`/returns/${one.id}`, 303);
  });
}

function sameCode(one: string, other: string): boolean {
  const bare = (code: string) => code.replaceAll(/\s/g, '').toUpperCase();
  return bare(one) === bare(other);
}

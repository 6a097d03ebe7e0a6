import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Order } from '../store/model.ts';
import type { Store } from '../store/store.ts';
import { layout, type Page } from './layout.ts';
import { cartItems, pageFacts } from './pageFacts.ts';
import { notFoundPage } from './pages/notice.ts';
import type { PageEvent, Visitors } from './visitors.ts';

/** What every group of pages works with. */
export type Front = {
  app: FastifyInstance;
  store: Store;
  visitors: Visitors;
  segueOrigin: string;
};

type Telling = { status?: number; order?: Order; events?: PageEvent[] };

/** Sends a page in the shop's frame, with the facts for the assistant. */
export function sendPage(
  { store, visitors, segueOrigin }: Front,
  request: FastifyRequest,
  reply: FastifyReply,
  page: Page,
  { status = 200, order, events }: Telling = {},
): FastifyReply {
  const visitor = visitors.of(request);
  const frame = {
    segueOrigin,
    customer: visitor.customerId === null ? undefined : store.customer(visitor.customerId),
    cartCount: cartItems(visitor).reduce((sum, { quantity }) => sum + quantity, 0),
    facts: pageFacts(store, visitor, { order, events }),
  };
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'private, no-store')
    .send(String(layout(page, frame)));
}

export function sendNotFound(front: Front, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendPage(front, request, reply, notFoundPage(), { status: 404 });
}

import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { JsonObject } from '../../shared/json.ts';
import type { DeclineReason, Order, Owned, Return } from '../store/model.ts';

export type ChatLine = { who: 'visitor' | 'assistant'; text: string };

export type CartLine = { sku: string; color: string; quantity: number };

export type Declined = { reason: DeclineReason; amountCents: number; last4: string };

export type PageEvent = { name: string; data: JsonObject };

/** What the shop remembers of a browser. */
export type Visitor = {
  customerId: string | null;
  cart: CartLine[];
  /** A guest's own: what they bought here, or proved to be theirs. */
  orderNumbers: Set<string>;
  returnIds: Set<string>;
  /** The number that the cart will have as an order, from the first attempt to pay. */
  orderNumber: string | null;
  declined: Declined | null;
  /** What was written with the assistant, and the name of that conversation. */
  chat: ChatLine[];
  chatThread: string | null;
  /** Told to the assistant by the next page. */
  events: PageEvent[];
};

const COOKIE = 'lumen_visitor';
const MONTH_S = 30 * 24 * 3600;
const KEPT = 5_000;

function stranger(): Visitor {
  return {
    customerId: null,
    cart: [],
    orderNumbers: new Set(),
    returnIds: new Set(),
    orderNumber: null,
    declined: null,
    chat: [],
    chatThread: null,
    events: [],
  };
}

/** Visitors by cookie, in memory; the one who was away longest is forgotten first. */
export class Visitors {
  readonly #known = new Map<string, Visitor>();

  /** Who asks. A stranger gets a cookie only when something is to be remembered: see `keep`. */
  of(request: FastifyRequest): Visitor {
    const id = request.cookies[COOKIE];
    const visitor = id === undefined ? undefined : this.#known.get(id);
    if (id === undefined || !visitor) return stranger();
    this.#known.delete(id);
    this.#known.set(id, visitor);
    return visitor;
  }

  /** Remembers the visitor under their cookie. */
  keep(request: FastifyRequest, reply: FastifyReply, visitor: Visitor): void {
    const id = request.cookies[COOKIE];
    if (id === undefined || this.#known.get(id) !== visitor) this.#give(reply, visitor);
  }

  /** Another cookie for the same visitor: who knew the old one does not become the customer. */
  renew(request: FastifyRequest, reply: FastifyReply, visitor: Visitor): void {
    this.#known.delete(request.cookies[COOKIE] ?? '');
    this.#give(reply, visitor);
  }

  forget(request: FastifyRequest, reply: FastifyReply): void {
    this.#known.delete(request.cookies[COOKIE] ?? '');
    reply.clearCookie(COOKIE, { path: '/' });
  }

  /** Everything but who is signed in. */
  reset(): void {
    for (const [id, { customerId }] of this.#known) this.#known.set(id, { ...stranger(), customerId });
  }

  #give(reply: FastifyReply, visitor: Visitor): void {
    const id = randomBytes(16).toString('base64url');
    this.#known.set(id, visitor);
    if (this.#known.size > KEPT) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    reply.setCookie(COOKIE, id, { path: '/', httpOnly: true, sameSite: 'lax', maxAge: MONTH_S });
  }
}

export function mayOpenOrder(visitor: Visitor, order: Owned<Order>): boolean {
  return order.customerId === null
    ? visitor.orderNumbers.has(order.number)
    : order.customerId === visitor.customerId;
}

export function mayOpenReturn(visitor: Visitor, one: Owned<Return>): boolean {
  return one.customerId === null ? visitor.returnIds.has(one.id) : one.customerId === visitor.customerId;
}

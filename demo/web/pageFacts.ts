import type { JsonObject } from '../../shared/json.ts';
import { CURRENCY, findProduct } from '../store/catalogue.ts';
import type { Item, Order, Owned, Return } from '../store/model.ts';
import { totalOf } from '../store/orders.ts';
import type { Store } from '../store/store.ts';
import { mayOpenReturn, type PageEvent, type Visitor } from './visitors.ts';

/** What a page tells the assistant: facts of the page, and what has just happened. */
export type PageFacts = {
  /** Whether the shop's back end can sign who the visitor is. */
  signedIn: boolean;
  context: JsonObject;
  events: PageEvent[];
};

/** The lines of the cart as items; a product that is gone from the catalogue is left out. */
export function cartItems({ cart }: Visitor): Item[] {
  return cart.flatMap(({ sku, color, quantity }) => {
    const product = findProduct(sku);
    return product ? [{ sku, name: product.name, color, quantity, priceCents: product.priceCents }] : [];
  });
}

/** The return that this visitor began last and has not finished. */
export function unfinishedReturn(store: Store, visitor: Visitor): Owned<Return> | undefined {
  return store.records.returns.findLast((one) => one.status === 'started' && mayOpenReturn(visitor, one));
}

/** Takes the visitor's waiting events: each is told once. */
export function pageFacts(
  store: Store,
  visitor: Visitor,
  page: { order?: Order | undefined; events?: PageEvent[] | undefined },
): PageFacts {
  const context: JsonObject = {};
  const items = cartItems(visitor);
  if (items.length > 0) {
    context.cart = {
      items: items.map(({ sku, name, quantity, priceCents }) => ({ sku, name, quantity, priceCents })),
      totalCents: totalOf(items),
      currency: CURRENCY,
    };
  }
  if (page.order) {
    const { number, status, estimatedDelivery } = page.order;
    context.order = {
      number,
      status,
      estimatedDelivery,
      items: page.order.items.map(({ sku, name, color, quantity }) => ({ sku, name, color, quantity })),
    };
  }
  const open = unfinishedReturn(store, visitor);
  if (open) {
    const { id, orderNumber, item, startedAt, step } = open;
    context.return = { id, orderNumber, item: { name: item.name, color: item.color }, startedAt, step };
  }
  if (visitor.declined) context.payment = { status: 'declined', ...visitor.declined };
  return {
    signedIn: visitor.customerId !== null,
    context,
    events: [...visitor.events.splice(0), ...(page.events ?? [])],
  };
}

import { z } from 'zod';
import { findProduct } from '../../store/catalogue.ts';
import { type Front, sendPage } from '../front.ts';
import { cartItems } from '../pageFacts.ts';
import { cartPage, MOST_OF_ONE } from '../pages/cart.ts';

const choice = z
  .object({ sku: z.string().max(40), color: z.string().max(20) })
  .refine(({ sku, color }) => findProduct(sku)?.colors.includes(color));
const quantity = z.coerce.number().int().min(1).max(MOST_OF_ONE);
const addition = choice.and(z.object({ quantity }));
const change = choice.and(z.object({ quantity, remove: z.string().optional() }));

export function serveCart(front: Front): void {
  const { app, visitors } = front;

  app.get('/cart', async (request, reply) =>
    sendPage(front, request, reply, cartPage(cartItems(visitors.of(request)))),
  );

  app.post('/cart', async (request, reply) => {
    const { sku, color, quantity: more } = addition.parse(request.body);
    const visitor = visitors.of(request);
    const line = visitor.cart.find((one) => one.sku === sku && one.color === color);
    if (line) line.quantity = Math.min(MOST_OF_ONE, line.quantity + more);
    else visitor.cart.push({ sku, color, quantity: more });
    visitors.keep(request, reply, visitor);
    return reply.redirect('/cart', 303);
  });

  app.post('/cart/quantity', async (request, reply) => {
    const { sku, color, quantity: count, remove } = change.parse(request.body);
    const visitor = visitors.of(request);
    visitor.cart = visitor.cart.flatMap((line) => {
      if (line.sku !== sku || line.color !== color) return [line];
      return remove === undefined ? [{ sku, color, quantity: count }] : [];
    });
    if (visitor.cart.length === 0) visitor.declined = null;
    return reply.redirect('/cart', 303);
  });
}

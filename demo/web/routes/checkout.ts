import { z } from 'zod';
import { buy, totalOf } from '../../store/orders.ts';
import { type Front, sendPage } from '../front.ts';
import { cartItems } from '../pageFacts.ts';
import { type CheckoutValues, checkoutPage } from '../pages/checkout.ts';

const line = (max: number) => z.string().trim().min(1).max(max);
const form = z.object({
  email: z.email('Please write an e-mail address such as jane@example.com.'),
  name: line(120),
  street: line(120),
  city: line(60),
  postcode: line(12),
  card: z.string().max(23),
  expiry: z.string().regex(/^\s*\d{2}\s*\/\s*\d{2}\s*$/, 'Please write the expiry as MM/YY.'),
  cvc: z.string().regex(/^\d{3,4}$/, 'The security code has three or four digits.'),
});
const FIELDS = ['email', 'name', 'street', 'city', 'postcode', 'expiry'] as const;

export function serveCheckout(front: Front): void {
  const { app, store, visitors } = front;

  app.get('/checkout', async (request, reply) => {
    const visitor = visitors.of(request);
    const items = cartItems(visitor);
    if (items.length === 0) return reply.redirect('/cart', 303);
    const customer = visitor.customerId === null ? undefined : store.customer(visitor.customerId);
    const values = customer ? { ...customer.address, email: customer.email } : {};
    const page = checkoutPage(items, values, { declined: visitor.declined, wrong: [] });
    return sendPage(front, request, reply, page, { events: [{ name: 'checkout_started', data: {} }] });
  });

  app.post('/checkout', async (request, reply) => {
    const visitor = visitors.of(request);
    const items = cartItems(visitor);
    if (items.length === 0) return reply.redirect('/cart', 303);
    const parsed = form.safeParse(request.body);
    const again = (status: number, wrong: string[]) => {
      const page = checkoutPage(items, valuesOf(request.body), { declined: visitor.declined, wrong });
      return sendPage(front, request, reply, page, { status });
    };
    if (!parsed.success) {
      visitor.declined = null;
      return again(400, messagesOf(parsed.error));
    }
    const { name, street, city, postcode, card } = parsed.data;
    visitor.orderNumber ??= store.takeOrderNumber();
    const outcome = buy(store, {
      number: visitor.orderNumber,
      customerId: visitor.customerId,
      items,
      shipTo: { name, street, city, postcode, country: 'GB' },
      cardNumber: card,
    });
    if (!outcome) {
      visitor.declined = null;
      return again(400, ['That is not one of the cards for trying it out. They are listed below.']);
    }
    if (!outcome.ok) {
      const amountCents = totalOf(items);
      visitor.declined = { reason: outcome.reason, amountCents, last4: outcome.last4 };
      visitor.events.push({ name: 'payment_failed', data: { reason: outcome.reason, amountCents } });
      return again(402, []);
    }
    const number = visitor.orderNumber;
    visitor.orderNumbers.add(number);
    Object.assign(visitor, { cart: [], declined: null, orderNumber: null });
    return reply.redirect(`/orders/${number}?placed=1`, 303);
  });
}

/** What the visitor wrote, to be shown again; never the card. */
function valuesOf(body: unknown): CheckoutValues {
  const written = new Map(Object.entries(body ?? {}));
  return Object.fromEntries(
    FIELDS.flatMap((name) => {
      const value: unknown = written.get(name);
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}

function messagesOf(error: z.ZodError): string[] {
  const own = error.issues.filter(({ code }) => code === 'invalid_format').map(({ message }) => message);
  return own.length > 0 ? own : ['Please fill in every field.'];
}

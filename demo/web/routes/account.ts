import { z } from 'zod';
import type { Clock } from '../../../shared/clock.ts';
import { signIdentity } from '../../backend/identity.ts';
import { type Front, sendPage } from '../front.ts';
import { signInPage } from '../pages/account.ts';

const choice = z.object({ customer: z.string().max(40) });

export function serveAccount(front: Front, signing: { secret: string; clock: Clock }): void {
  const { app, store, visitors } = front;

  app.get('/sign-in', async (request, reply) =>
    sendPage(front, request, reply, signInPage(store.records.customers)),
  );

  app.post('/sign-in', async (request, reply) => {
    const customer = store.customer(choice.parse(request.body).customer);
    if (!customer) return reply.redirect('/sign-in', 303);
    const visitor = visitors.of(request);
    visitor.customerId = customer.id;
    visitor.chat = [];
    visitor.chatThread = null;
    visitors.renew(request, reply, visitor);
    return reply.redirect('/orders', 303);
  });

  app.post('/sign-out', async (request, reply) => {
    visitors.forget(request, reply);
    return reply.redirect('/', 303);
  });

  /** Who the visitor is, signed for the assistant; 204 for a guest. */
  app.get('/account/voice-identity', async (request, reply) => {
    const { customerId } = visitors.of(request);
    const customer = customerId === null ? undefined : store.customer(customerId);
    reply.header('cache-control', 'no-store');
    return customer ? signIdentity(customer, signing) : reply.code(204).send();
  });
}

import type { Assistant } from '../../backend/assistant.ts';
import { type Front, sendNotFound, sendPage } from '../front.ts';
import { backOfficePage } from '../pages/backOffice.ts';
import { failurePage } from '../pages/notice.ts';
import { threadPage } from '../pages/thread.ts';

/** `onReset` forgets what else was remembered about the records. */
export function serveBackOffice(front: Front, assistant: Assistant, onReset: () => void): void {
  const { app, store, visitors } = front;

  app.get('/back-office', async (request, reply) => sendPage(front, request, reply, backOfficePage(store)));

  app.get<{ Params: { id: string } }>('/back-office/thread/:id', async (request, reply) => {
    const customer = store.customer(request.params.id);
    if (!customer) return sendNotFound(front, request, reply);
    try {
      const happenings = await assistant.thread(customer.id);
      return sendPage(front, request, reply, threadPage(customer, happenings));
    } catch (error) {
      request.log.warn({ err: error }, 'the ledger did not answer');
      const page = failurePage(
        'The thread cannot be read',
        'The Segue server does not answer. Please try again.',
      );
      return sendPage(front, request, reply, page, { status: 502 });
    }
  });

  app.post('/back-office/reset', async (_, reply) => {
    store.reset();
    visitors.reset();
    onReset();
    return reply.redirect('/back-office', 303);
  });
}

import { type Front, sendPage } from '../front.ts';
import { backOfficePage } from '../pages/backOffice.ts';

/** `onReset` forgets what else was remembered about the records. */
export function serveBackOffice(front: Front, onReset: () => void): void {
  const { app, store, visitors } = front;

  app.get('/back-office', async (request, reply) => sendPage(front, request, reply, backOfficePage(store)));

  app.post('/back-office/reset', async (_, reply) => {
    store.reset();
    visitors.reset();
    onReset();
    return reply.redirect('/back-office', 303);
  });
}

import type { FastifyError } from 'fastify';
import { ZodError } from 'zod';
import { Refusal, type RefusalReason } from '../store/refusal.ts';
import { type Front, sendNotFound, sendPage } from './front.ts';
import { failurePage } from './pages/notice.ts';

const REFUSALS: Partial<Record<RefusalReason, string>> = {
  already_dispatched: 'The order has left the workshop already.',
  already_cancelled: 'The order is cancelled already.',
  already_complete: 'This return is finished already.',
  not_returnable: 'A return of this item has begun already.',
  date_unavailable: 'The carrier does not come on that day.',
};

/** Requests of programs are answered in JSON, of people with a page. */
export function answerFailures(front: Front): void {
  const { app } = front;

  app.setNotFoundHandler((request, reply) =>
    request.url.startsWith('/segue/')
      ? reply.code(404).send({ reason: 'not_found' })
      : sendNotFound(front, request, reply),
  );

  app.setErrorHandler<FastifyError | ZodError | Refusal>((error, request, reply) => {
    if (error instanceof Refusal) {
      const text = REFUSALS[error.reason] ?? 'That is not possible.';
      return sendPage(front, request, reply, failurePage('That cannot be done any more', text), {
        status: 409,
      });
    }
    const status = error instanceof ZodError ? 400 : (error.statusCode ?? 500);
    if (status >= 500) request.log.error({ err: error }, 'a page failed');
    if (request.url.startsWith('/segue/')) return reply.code(status).send({ reason: 'bad_request' });
    const page =
      status < 500
        ? failurePage('We did not understand that', 'Something in the form was not as expected.')
        : failurePage('Something broke', 'It is our fault, not yours. Please try again.');
    return sendPage(front, request, reply, page, { status });
  });
}

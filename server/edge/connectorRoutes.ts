import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import { errorBody } from '../../shared/schemas.ts';
import type { EdgeServer } from './http.ts';
import { checkWebhook } from './webhookSignature.ts';

/** A site's systems, as far as webhooks may touch them. */
export type WebhookDoor = {
  secret: string;
  /** No operations: all; no customer: everybody. Gives the number of answers that are out of date by that. */
  invalidate(operations: readonly string[] | null, customerId: string | undefined): number;
};

const invalidation = z.strictObject({
  operations: z.array(z.string().min(1).max(64)).min(1).max(100).optional(),
  customerId: z.string().min(1).max(200).optional(),
});

const headers = z.object({
  'webhook-id': z.string().min(1).max(200),
  'webhook-timestamp': z.string().max(20),
  'webhook-signature': z.string().max(2_000),
});

const MAX_REMEMBERED = 10_000;
/** Twice the window in which a signature counts. */
const REMEMBERED_MS = 600_000;

/** How a customer's systems say that something has changed there. */
export async function connectorRoutes(
  http: EdgeServer,
  parts: { doors: ReadonlyMap<string, WebhookDoor>; clock: Clock },
): Promise<void> {
  const bodies = new WeakMap<FastifyRequest, string>();
  const seen = new LRUCache<string, number>({ max: MAX_REMEMBERED });

  await http.register(async (scope) => {
    // The signature is over the bytes, so they are needed as they came.
    scope.removeContentTypeParser('application/json');
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
      bodies.set(request, String(body));
      try {
        done(null, JSON.parse(String(body)));
      } catch {
        done(new SegueError('BAD_REQUEST'));
      }
    });

    (scope as unknown as EdgeServer).route({
      method: 'POST',
      url: '/v1/connectors/:site/invalidate',
      config: { rateLimit: { max: 3_000, timeWindow: '1 minute' } },
      schema: {
        summary: 'A system says that its records have changed (signed as of Standard Webhooks)',
        params: z.object({ site: z.string().max(64) }),
        headers,
        body: invalidation,
        response: {
          200: z.object({ invalidated: z.int(), duplicate: z.boolean() }),
          '4xx': errorBody,
        },
      },
      handler: async (request) => {
        const door = parts.doors.get(request.params.site);
        // Who does not know the secret is not told which sites there are.
        if (!door) throw new SegueError('WEBHOOK_INVALID');
        const id = request.headers['webhook-id'];
        const signed = {
          id,
          timestamp: request.headers['webhook-timestamp'],
          signature: request.headers['webhook-signature'],
          body: bodies.get(request) ?? '',
        };
        checkWebhook(signed, door.secret, parts.clock.epochMs());
        const key = JSON.stringify([request.params.site, id]);
        const nowMs = parts.clock.nowMs();
        if (nowMs - (seen.get(key) ?? Number.NEGATIVE_INFINITY) < REMEMBERED_MS) {
          return { invalidated: 0, duplicate: true };
        }
        seen.set(key, nowMs);
        const { operations, customerId } = request.body;
        return { invalidated: door.invalidate(operations ?? null, customerId), duplicate: false };
      },
    });
  });
}

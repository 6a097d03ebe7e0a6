import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import { errorBody } from '../../shared/schemas.ts';
import { LEDGER_KINDS } from '../ledger/event.ts';
import type { LedgerFeed } from '../ledger/feed.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Webhooks } from '../ledger/webhooks.ts';
import { streamLedger } from './eventStream.ts';
import type { EdgeServer } from './http.ts';

/** Each reader costs a question to the database a second. */
const MAX_STREAMS = 20;

/** `turn.caller,turn.assistant` as a list of kinds. */
export const kindList = z
  .string()
  .max(1_000)
  .transform((list) => list.split(','))
  .pipe(z.array(z.enum(LEDGER_KINDS)).min(1));

const flag = z.enum(['true', 'false']).default('false');
const place = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const webhookState = z.object({
  site: z.string(),
  name: z.string(),
  url: z.string(),
  state: z.enum(['delivering', 'retrying', 'dead']),
  afterSeq: z.number().describe('Every event up to here was taken'),
  attempts: z.number(),
  nextAtMs: z.number(),
  problem: z.string().nullable(),
});

export type LedgerRouteParts = {
  ledger: Ledger;
  feed: LedgerFeed;
  webhooks: Webhooks;
  clock: Clock;
  adminOnly: (request: FastifyRequest) => Promise<void>;
};

/** Following what happens; for holders of the admin key. */
export function ledgerRoutes(http: EdgeServer, parts: LedgerRouteParts): void {
  const { ledger, feed, webhooks, clock, adminOnly } = parts;
  const stopping = new AbortController();
  http.addHook('preClose', async () => {
    stopping.abort();
    feed.wake();
  });
  let streams = 0;

  http.route({
    method: 'GET',
    url: '/v1/ledger/stream',
    schema: {
      summary:
        'Events as they happen, as server-sent events; `Last-Event-ID` or `after` resumes behind a place',
      querystring: z.object({
        site: z.string().max(40).optional(),
        kinds: kindList.optional().describe('Separated by commas'),
        after: place.optional().describe('Behind this place; from now on without it'),
        personal: flag.describe('Whether what is personal is told, too'),
      }),
      headers: z.object({ 'last-event-id': place.optional().catch(undefined) }),
      security: [{ adminKey: [] }],
      produces: ['text/event-stream'],
      response: { 200: z.string(), '4xx': errorBody, '5xx': errorBody },
    },
    preHandler: adminOnly,
    handler: async (request, reply) => {
      if (streams >= MAX_STREAMS) throw new SegueError('CAPACITY_REACHED');
      const { site, kinds, after, personal } = request.query;
      const afterSeq = request.headers['last-event-id'] ?? after ?? (await ledger.head());
      reply.hijack();
      reply.raw.writeHead(200, {
        ...reply.getHeaders(),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      } as Record<string, string>);
      reply.raw.flushHeaders();
      streams++;
      await streamLedger(reply.raw, stopping.signal, {
        ledger,
        feed,
        clock,
        afterSeq,
        filter: { ...(site !== undefined && { site }), ...(kinds && { kinds }) },
        personal: personal === 'true',
      }).finally(() => streams--);
    },
  });

  http.route({
    method: 'GET',
    url: '/v1/webhooks',
    schema: {
      summary: 'How far the deliveries of each webhook are',
      security: [{ adminKey: [] }],
      response: { 200: z.object({ webhooks: z.array(webhookState) }), '4xx': errorBody, '5xx': errorBody },
    },
    preHandler: adminOnly,
    handler: async () => ({ webhooks: await webhooks.states() }),
  });

  http.route({
    method: 'POST',
    url: '/v1/webhooks/:site/:name/resume',
    schema: {
      summary: 'Deliver again to a webhook that was given up',
      params: z.object({ site: z.string().max(40), name: z.string().max(40) }),
      security: [{ adminKey: [] }],
      response: { 204: z.null(), '4xx': errorBody, '5xx': errorBody },
    },
    preHandler: adminOnly,
    handler: async (request, reply) => {
      await webhooks.revive(request.params);
      return reply.code(204).send(null);
    },
  });
}

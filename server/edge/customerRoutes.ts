import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import { errorBody } from '../../shared/schemas.ts';
import { CHANNELS, LEDGER_KINDS } from '../ledger/event.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { People, PersonalRecords } from '../ledger/people.ts';
import type { Recorder } from '../ledger/recorder.ts';
import type { EdgeServer } from './http.ts';
import { kindList } from './ledgerRoutes.ts';

const EXPORT_PAGE = 500;

const storedEvent = z.object({
  seq: z.number(),
  id: z.string(),
  kind: z.enum(LEDGER_KINDS),
  atMs: z.number().describe('Milliseconds since the epoch'),
  site: z.string(),
  personId: z.string().nullable(),
  sessionId: z.string().nullable(),
  contactId: z.string().nullable(),
  channel: z.enum(CHANNELS),
  data: z.record(z.string(), z.json()),
  personal: z.record(z.string(), z.json()).describe('Emptied by an erasure'),
});

const params = z.object({
  id: z.string().min(1).max(200).describe('The site’s own id, or one of ours (`per_…`)'),
});
const site = z.string().max(40).default('demo');
const place = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export type CustomerRouteParts = {
  sites: ReadonlySet<string>;
  ledger: Ledger;
  recorder: Recorder;
  people: People;
  /** What is kept beside the ledger; erased in this order, so that what finds a person comes last. */
  records: readonly PersonalRecords[];
  clock: Clock;
  adminOnly: (request: FastifyRequest) => Promise<void>;
};

/** What is known of one customer: read, given out, erased. For holders of the admin key. */
export function customerRoutes(http: EdgeServer, parts: CustomerRouteParts): void {
  const { ledger, recorder, records, clock, adminOnly } = parts;
  const find = async (siteKey: string, id: string): Promise<readonly string[]> => {
    if (!parts.sites.has(siteKey)) throw new SegueError('SITE_UNKNOWN');
    const people = await parts.people.find(siteKey, id);
    if (people.length === 0) throw new SegueError('CUSTOMER_UNKNOWN');
    await recorder.flushed();
    return people;
  };

  http.route({
    method: 'GET',
    url: '/v1/customers/:id/ledger',
    schema: {
      summary: 'What a customer did and was told on every channel, newest first',
      params,
      querystring: z.object({
        site,
        kinds: kindList.optional().describe('Separated by commas'),
        before: place.optional().describe('`next` of the page before'),
        limit: z.coerce.number().int().min(1).max(500).default(100),
      }),
      security: [{ adminKey: [] }],
      response: {
        200: z.object({ events: z.array(storedEvent), next: z.number().nullable() }),
        '4xx': errorBody,
        '5xx': errorBody,
      },
    },
    preHandler: adminOnly,
    handler: async (request, reply) => {
      const { site: siteKey, kinds, before, limit } = request.query;
      const people = await find(siteKey, request.params.id);
      const events = await ledger.read({
        site: siteKey,
        people,
        limit,
        newestFirst: true,
        ...(kinds && { kinds }),
        ...(before !== undefined && { beforeSeq: before }),
      });
      reply.header('cache-control', 'no-store');
      return { events, next: events.length < limit ? null : (events.at(-1)?.seq ?? null) };
    },
  });

  http.route({
    method: 'GET',
    url: '/v1/customers/:id/export',
    schema: {
      summary: 'All that is kept of a customer (GDPR, article 15), as one JSON object',
      params,
      querystring: z.object({ site }),
      security: [{ adminKey: [] }],
      response: { 200: z.any(), '4xx': errorBody, '5xx': errorBody },
    },
    preHandler: adminOnly,
    handler: async (request, reply) => {
      const { site: siteKey } = request.query;
      const { id } = request.params;
      const people = await find(siteKey, id);
      const about = { site: siteKey, id, people, exportedAtMs: clock.epochMs() };
      reply.header('cache-control', 'no-store');
      reply.header('content-disposition', 'attachment; filename="customer.json"');
      return reply
        .type('application/json')
        .send(Readable.from(exported(about, ledger, records), { objectMode: false }));
    },
  });

  http.route({
    method: 'DELETE',
    url: '/v1/customers/:id',
    schema: {
      summary: 'Erase what is personal of a customer (GDPR, article 17), in running calls too',
      params,
      querystring: z.object({ site }),
      security: [{ adminKey: [] }],
      response: { 200: z.object({ events: z.number() }), '4xx': errorBody, '5xx': errorBody },
    },
    preHandler: adminOnly,
    handler: async (request) => {
      const { site: siteKey } = request.query;
      const people = await find(siteKey, request.params.id);
      const atMs = clock.epochMs();
      const events = await ledger.erase(siteKey, people, atMs);
      for (const record of records) await record.erase(siteKey, people, atMs);
      for (const personId of people) {
        recorder.record({ kind: 'erasure', site: siteKey, channel: 'system', personId, data: { events } });
      }
      await recorder.flushed();
      return { events };
    },
  });
}

/** Piece by piece: a customer of many years fits into no answer at once. */
async function* exported(
  about: { site: string; people: readonly string[] },
  ledger: Ledger,
  records: readonly PersonalRecords[],
): AsyncGenerator<string> {
  yield `{"about":${JSON.stringify(about)},"events":[`;
  let afterSeq = 0;
  for (;;) {
    const events = await ledger.read({ ...about, afterSeq, limit: EXPORT_PAGE });
    if (events.length > 0)
      yield `${afterSeq > 0 ? ',' : ''}${events.map((event) => JSON.stringify(event)).join(',')}`;
    afterSeq = events.at(-1)?.seq ?? afterSeq;
    if (events.length < EXPORT_PAGE) break;
  }
  yield ']';
  for (const record of records) {
    const kept = await record.export(about.site, about.people);
    yield `,${JSON.stringify(record.name)}:${JSON.stringify(kept)}`;
  }
  yield '}\n';
}

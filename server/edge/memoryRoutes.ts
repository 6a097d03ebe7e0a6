import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { SegueError } from '../../shared/errors.ts';
import { errorBody } from '../../shared/schemas.ts';
import type { PersonMemory } from '../context/memory/memory.ts';
import { tendenciesOf } from '../context/memory/tendencies.ts';
import type { People } from '../ledger/people.ts';
import type { EdgeServer } from './http.ts';

export type MemoryRouteParts = {
  sites: ReadonlySet<string>;
  people: People;
  recall(site: string, people: readonly string[]): Promise<PersonMemory>;
  /** Answers at once; it goes on by itself. */
  rebuild(): void;
  adminOnly: (request: FastifyRequest) => Promise<void>;
};

/** What is remembered of a customer, and drawing all memories anew. For holders of the admin key. */
export function memoryRoutes(http: EdgeServer, parts: MemoryRouteParts): void {
  http.route({
    method: 'GET',
    url: '/v1/customers/:id/memory',
    schema: {
      summary:
        'What the next contact of a customer begins with: what is unfinished, promised, preferred and usual',
      params: z.object({
        id: z.string().min(1).max(200).describe('The site’s own id, or one of ours (`per_…`)'),
      }),
      querystring: z.object({ site: z.string().max(40).default('demo') }),
      security: [{ adminKey: [] }],
      response: { 200: z.any(), '4xx': errorBody, '5xx': errorBody },
    },
    preHandler: parts.adminOnly,
    handler: async (request, reply) => {
      const { site } = request.query;
      if (!parts.sites.has(site)) throw new SegueError('SITE_UNKNOWN');
      const people = await parts.people.find(site, request.params.id);
      if (people.length === 0) throw new SegueError('CUSTOMER_UNKNOWN');
      const memory = await parts.recall(site, people);
      reply.header('cache-control', 'no-store');
      return { site, people, memory, tendencies: tendenciesOf(memory) };
    },
  });

  http.route({
    method: 'POST',
    url: '/v1/memory/rebuild',
    schema: {
      summary: 'Draw all memories anew from the ledger; calls go on meanwhile',
      security: [{ adminKey: [] }],
      response: { 202: z.object({ rebuilding: z.literal(true) }), '4xx': errorBody },
    },
    preHandler: parts.adminOnly,
    handler: async (_request, reply) => {
      parts.rebuild();
      return reply.status(202).send({ rebuilding: true });
    },
  });
}

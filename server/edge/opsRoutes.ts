import type { FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import type { EdgeServer } from './http.ts';

export type Readiness = {
  ready: boolean;
  /** What works and what does not, each with a reason for the operator. */
  parts: Record<string, { ok: boolean; detail?: string }>;
};

const readiness = z.object({
  ready: z.boolean(),
  parts: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string().optional() })),
});

/** For operators and load balancers. */
export function opsRoutes(http: EdgeServer, parts: { registry: Registry; readiness: () => Readiness }): void {
  const open = { config: { rateLimit: false as const } };

  http.route({
    ...open,
    method: 'GET',
    url: '/healthz',
    schema: { summary: 'The process lives', response: { 200: z.object({ status: z.literal('ok') }) } },
    handler: async () => ({ status: 'ok' as const }),
  });

  http.route({
    ...open,
    method: 'GET',
    url: '/readyz',
    schema: { summary: 'Whether calls can be taken', response: { 200: readiness, 503: readiness } },
    handler: async (_request: FastifyRequest, reply) => {
      const state = parts.readiness();
      return reply.code(state.ready ? 200 : 503).send(state);
    },
  });

  http.route({
    ...open,
    method: 'GET',
    url: '/metrics',
    schema: { summary: 'Prometheus metrics', response: { 200: z.string() } },
    handler: async (_request: FastifyRequest, reply) =>
      reply
        .type(parts.registry.contentType)
        .serializer(String)
        .send(await parts.registry.metrics()),
  });
}

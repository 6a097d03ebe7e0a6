import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { SegueError } from '../../shared/errors.ts';
import { errorBody } from '../../shared/schemas.ts';
import type { Calls } from '../call/calls.ts';
import type { TimelineStore } from '../storage/timelineStore.ts';
import type { EdgeServer } from './http.ts';

const idParams = z.object({ id: z.string().max(64) });

const transcript = z.object({
  id: z.string(),
  speaker: z.enum(['caller', 'assistant', 'agent']),
  text: z.string(),
  final: z.boolean(),
  language: z.string(),
  atMs: z.number(),
});

const callSummary = z.object({
  id: z.string(),
  sessionId: z.string(),
  site: z.string(),
  state: z.enum(['idle', 'connecting', 'live', 'reconnecting', 'ended', 'failed']),
  reason: z.string().nullable(),
  channel: z.enum(['voice', 'text']),
  language: z.string(),
  startedAt: z.number().describe('Milliseconds since the epoch'),
  durationMs: z.number(),
  transcript: z.array(transcript),
});

/** Reading calls; for holders of the admin key. */
export function callRoutes(
  http: EdgeServer,
  parts: { calls: Calls; timelines: TimelineStore; adminOnly: (request: FastifyRequest) => Promise<void> },
): void {
  http.route({
    method: 'GET',
    url: '/v1/calls/:id',
    schema: {
      summary: 'A call: its state and what was said',
      params: idParams,
      security: [{ adminKey: [] }],
      response: { 200: callSummary, '4xx': errorBody },
    },
    preHandler: parts.adminOnly,
    handler: async (request) => {
      const summary = parts.calls.summary(request.params.id);
      if (!summary) throw new SegueError('CALL_UNKNOWN');
      return summary;
    },
  });

  http.route({
    method: 'GET',
    url: '/v1/calls/:id/timeline',
    schema: {
      summary: 'What happened in a call and when, as one JSON object a line',
      params: idParams,
      security: [{ adminKey: [] }],
      produces: ['application/x-ndjson'],
      response: { 200: z.string(), '4xx': errorBody },
    },
    preHandler: parts.adminOnly,
    handler: async (request, reply) => {
      await parts.calls.flush(request.params.id);
      const entries = await parts.timelines.read(request.params.id);
      if (!entries) throw new SegueError('CALL_UNKNOWN');
      const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
      return reply.type('application/x-ndjson').serializer(String).send(lines);
    },
  });
}

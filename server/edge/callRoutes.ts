import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { SegueError } from '../../shared/errors.ts';
import { errorBody } from '../../shared/schemas.ts';
import type { CallSummary } from '../call/callSummary.ts';
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

/** A call as it is told to an operator, and from server to server. */
export const callSummary = z.object({
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
  parts: {
    read: (id: string) => Promise<CallSummary>;
    timelines: TimelineStore;
    adminOnly: (request: FastifyRequest) => Promise<void>;
  },
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
    handler: (request) => parts.read(request.params.id),
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
      // What is known of a call that runs is written then; of one that ended long ago only this is left.
      await parts.read(request.params.id).catch(() => {});
      const entries = await parts.timelines.read(request.params.id);
      if (!entries) throw new SegueError('CALL_UNKNOWN');
      const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
      return reply.type('application/x-ndjson').serializer(String).send(lines);
    },
  });
}

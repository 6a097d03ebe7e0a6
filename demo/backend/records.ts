import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { ZodError, z } from 'zod';
import { Refusal } from '../store/refusal.ts';
import type { Store } from '../store/store.ts';
import type { OnceOnly } from './onceOnly.ts';
import { OPERATIONS } from './operations.ts';

const envelope = z.object({
  args: z.record(z.string(), z.unknown()).default({}),
  subject: z.object({ customerId: z.string().max(100).nullable() }),
  idempotencyKey: z.string().min(1).max(200).optional(),
});

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** `POST /segue/records/:operation`: what the assistant may look up and do, for bearers of the connector key. */
export function serveRecords(
  app: FastifyInstance,
  { store, onceOnly, connectorKey }: { store: Store; onceOnly: OnceOnly; connectorKey: string },
): void {
  const expected = sha256(`Bearer ${connectorKey}`);

  app.post<{ Params: { operation: string } }>(
    '/segue/records/:operation',
    {
      onRequest: async (request, reply) => {
        if (!timingSafeEqual(sha256(request.headers.authorization ?? ''), expected)) {
          await reply.code(401).send({ reason: 'key_invalid' });
        }
      },
    },
    async (request, reply) => {
      const name = request.params.operation;
      const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
      if (!operation) return reply.code(404).send({ reason: 'unknown_operation' });
      try {
        const { args, subject, idempotencyKey: key } = envelope.parse(request.body);
        const act = () => operation(store, subject, args);
        if (key === undefined) return act();
        return onceOnly.run(`${name}\n${subject.customerId}`, key, args, act);
      } catch (error) {
        if (error instanceof Refusal) return reply.code(409).send({ reason: error.reason });
        if (error instanceof ZodError) return reply.code(400).send({ reason: 'bad_request' });
        throw error;
      }
    },
  );
}

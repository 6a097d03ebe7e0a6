import { z } from 'zod';
import { ERRORS, type ErrorCode, SegueError } from '../../shared/errors.ts';

const head = { id: z.string().max(64), from: z.string().max(64) };
const topic = z.string().min(1).max(64);
const code = z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]);

const envelope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('told'), ...head, topic, body: z.json() }),
  z.object({
    kind: z.literal('asked'),
    ...head,
    topic,
    body: z.json(),
    /** Milliseconds since the epoch; nobody waits for an answer after that. */
    untilMs: z.number(),
  }),
  z.object({ kind: z.literal('answered'), ...head, to: z.string().max(64), body: z.json() }),
  z.object({ kind: z.literal('refused'), ...head, to: z.string().max(64), code }),
]);

/** One message between servers. `id`: the same for a message that is sent again. */
export type Envelope = z.infer<typeof envelope>;

export function writeEnvelope(message: Envelope): string {
  return JSON.stringify(message);
}

/** Null for what is none. */
export function readEnvelope(text: string): Envelope | null {
  try {
    return envelope.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The error's code crosses the bus; its detail stays with its server's log. */
export function refusal(error: unknown): ErrorCode {
  return SegueError.from(error).code;
}

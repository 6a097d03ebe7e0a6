import type { z } from 'zod';
import type { Json } from '../../shared/json.ts';

/** `degraded`: other servers cannot be reached; what is published waits, requests fail at once. */
export type BusState = 'ok' | 'degraded';

/** What joins the servers of one cluster: topics that all hear, and questions to one of them. Nothing of it is kept. */
export type Bus = {
  /** This server's name on the bus, another one with every start. */
  readonly node: string;
  /**
   * Tells every other server, in the order of the calls; never waits and never throws. While the bus is degraded the
   * latest thousand messages wait for it. Servers that start later do not hear it.
   */
  publish(topic: string, message: Json): void;
  /** Hears what other servers publish; what does not fit the schema is dropped. The returned function ends it. */
  subscribe<Message>(
    topic: string,
    schema: z.ZodType<Message>,
    listener: (message: Message, from: string) => void,
  ): () => void;
  /**
   * Asks one server. Rejects with NODE_UNREACHABLE when it does not answer in time or the bus is degraded, and with the
   * answerer's own error.
   */
  request(node: string, topic: string, message: Json, limitMs: number): Promise<Json>;
  /** Answers questions about a topic; one answerer a topic. The returned function ends it. */
  answer<Message>(
    topic: string,
    schema: z.ZodType<Message>,
    handler: (message: Message, from: string) => Promise<Json>,
  ): () => void;
  state(): BusState;
  on(name: 'state', listener: (state: BusState) => void): () => void;
  /** Idempotent; what waits is given up. */
  close(): Promise<void>;
};

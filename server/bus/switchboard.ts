import { LRUCache } from 'lru-cache';
import type { z } from 'zod';
import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import type { Json } from '../../shared/json.ts';
import { type Envelope, readEnvelope, refusal, writeEnvelope } from './envelope.ts';

/** How far two servers' clocks may be apart before a question counts as too old. */
const CLOCK_SKEW_MS = 5_000;
const MOST_QUESTIONS = 1_000;
const REMEMBERED_IDS = 5_000;

type Listener = { schema: z.ZodType; hear: (message: never, from: string) => void };
type Answerer = { schema: z.ZodType; handle: (message: never, from: string) => Promise<Json> };
type Question = { resolve(answer: Json): void; reject(error: SegueError): void };

export type SwitchboardParts = {
  node: string;
  clock: Clock;
  /** Takes a message to one server, or to all (null). */
  send(to: string | null, text: string): void;
  onTrouble(error: unknown, topic: string): void;
};

/** What every bus has in common: who listens, who answers, who waits for an answer. Knows nothing of the way there. */
export class Switchboard {
  readonly node: string;
  readonly #parts: SwitchboardParts;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #answerers = new Map<string, Answerer>();
  readonly #questions = new Map<string, Question>();
  /** A message whose sending was in doubt may come twice. */
  readonly #seen = new LRUCache<string, true>({ max: REMEMBERED_IDS });

  constructor(parts: SwitchboardParts) {
    this.node = parts.node;
    this.#parts = parts;
  }

  publish(topic: string, body: Json): void {
    this.#send(null, { kind: 'told', id: crypto.randomUUID(), from: this.node, topic, body });
  }

  subscribe<Message>(
    topic: string,
    schema: z.ZodType<Message>,
    hear: (message: Message, from: string) => void,
  ): () => void {
    const listener: Listener = { schema, hear };
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  async request(to: string, topic: string, body: Json, limitMs: number): Promise<Json> {
    if (this.#questions.size >= MOST_QUESTIONS) throw unreachable('Too many questions wait.');
    const { clock } = this.#parts;
    const id = crypto.randomUUID();
    const { promise, resolve, reject } = Promise.withResolvers<Json>();
    const limit = clock.after(limitMs, () => reject(unreachable('It took too long.')));
    this.#questions.set(id, { resolve, reject });
    this.#send(to, { kind: 'asked', id, from: this.node, topic, body, untilMs: clock.epochMs() + limitMs });
    try {
      return await promise;
    } finally {
      limit.cancel();
      this.#questions.delete(id);
    }
  }

  answer<Message>(
    topic: string,
    schema: z.ZodType<Message>,
    handle: (message: Message, from: string) => Promise<Json>,
  ): () => void {
    const answerer: Answerer = { schema, handle };
    this.#answerers.set(topic, answerer);
    return () => {
      if (this.#answerers.get(topic) === answerer) this.#answerers.delete(topic);
    };
  }

  /** A message has come; what is none, is one's own or came before is passed over. */
  receive(text: string): void {
    const message = readEnvelope(text);
    if (!message || (message.from === this.node && message.kind === 'told')) return;
    const key = `${message.kind} ${message.id}`;
    if (this.#seen.has(key)) return;
    this.#seen.set(key, true);
    if (message.kind === 'told') this.#tell(message);
    else if (message.kind === 'asked') void this.#reply(message);
    else if (message.kind === 'answered') this.#questions.get(message.to)?.resolve(message.body);
    else this.#questions.get(message.to)?.reject(new SegueError(message.code));
  }

  /** Nobody waits any longer. */
  giveUp(): void {
    for (const { reject } of this.#questions.values()) reject(unreachable('The bus is down.'));
  }

  #tell({ topic, body, from }: Extract<Envelope, { kind: 'told' }>): void {
    for (const { schema, hear } of [...(this.#listeners.get(topic) ?? [])]) {
      const parsed = schema.safeParse(body);
      try {
        if (parsed.success) hear(parsed.data as never, from);
        else this.#parts.onTrouble(parsed.error, topic);
      } catch (error) {
        this.#parts.onTrouble(error, topic);
      }
    }
  }

  async #reply({ id: to, from, topic, body, untilMs }: Extract<Envelope, { kind: 'asked' }>): Promise<void> {
    // Who asked has gone another way by now.
    if (this.#parts.clock.epochMs() > untilMs + CLOCK_SKEW_MS) return;
    const head = { id: crypto.randomUUID(), from: this.node, to };
    try {
      const answerer = this.#answerers.get(topic);
      if (!answerer) throw new SegueError('NOT_FOUND');
      const parsed = answerer.schema.safeParse(body);
      if (!parsed.success) throw new SegueError('BAD_REQUEST');
      const answer = await answerer.handle(parsed.data as never, from);
      this.#send(from, { kind: 'answered', ...head, body: answer });
    } catch (error) {
      this.#parts.onTrouble(error, topic);
      this.#send(from, { kind: 'refused', ...head, code: refusal(error) });
    }
  }

  #send(to: string | null, message: Envelope): void {
    this.#parts.send(to, writeEnvelope(message));
  }
}

export function unreachable(detail: string): SegueError {
  return new SegueError('NODE_UNREACHABLE', detail);
}

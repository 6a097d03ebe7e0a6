import type { Redis } from 'ioredis';
import type { Clock, TimerHandle } from '../../../shared/clock.ts';
import { Emitter } from '../../../shared/emitter.ts';
import type { Json } from '../../../shared/json.ts';
import type { Bus, BusState } from '../bus.ts';
import { Switchboard, unreachable } from '../switchboard.ts';
import { openLink } from './redisLink.ts';
import { RedisReader } from './redisReader.ts';

/** Read by all servers, and by one. */
const TO_ALL = 'segue:bus';
const toOne = (node: string): string => `segue:bus:${node}`;

/** What a server that was cut off for a while can still read. */
const KEPT_TO_ALL = 10_000;
const KEPT_TO_ONE = 1_000;
/** A server that has gone does not read its own any more. */
const TO_ONE_LIVES_MS = 60_000;
const MOST_WAITING = 1_000;
const BATCH = 100;
const PING_MS = 1_000;
const READ_LIMIT_MS = 1_000;

export type RedisBusOptions = {
  /** `redis://…`, checked before. */
  url: string;
  node: string;
  clock: Clock;
  onTrouble?: (error: unknown, topic: string) => void;
};

type Outgoing = { to: string | null; text: string };

/**
 * The bus of a cluster: one stream of Redis that all servers read and one for each server. Streams, because a server
 * whose connection was gone for a moment reads on where it was.
 */
export class RedisBus extends Emitter<{ state: [BusState] }> implements Bus {
  readonly node: string;
  readonly #clock: Clock;
  readonly #board: Switchboard;
  readonly #commands: Redis;
  readonly #reader: RedisReader;
  readonly #ping: TimerHandle;
  #waiting: Outgoing[] = [];
  #sending = false;
  #writes = false;
  #state: BusState = 'degraded';
  #closed = false;

  constructor({ url, node, clock, onTrouble = () => {} }: RedisBusOptions) {
    super();
    this.node = node;
    this.#clock = clock;
    this.#board = new Switchboard({ node, clock, onTrouble, send: (to, text) => this.#put({ to, text }) });
    this.#commands = openLink(url);
    this.#commands.on('ready', () => void this.#check());
    this.#commands.on('close', () => this.#writable(false));
    this.#reader = new RedisReader({
      link: openLink(url, { commandTimeout: READ_LIMIT_MS + 1_000 }),
      streams: [TO_ALL, toOne(node)],
      blockMs: READ_LIMIT_MS,
      clock,
      onMessage: (text) => this.#board.receive(text),
      onState: () => this.#judge(),
    });
    this.#ping = clock.every(PING_MS, () => void this.#check());
  }

  /** Resolves when the other servers can be reached, or at the limit. */
  async ready(limitMs: number): Promise<void> {
    if (this.#state === 'ok') return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const off = this.on('state', () => resolve());
    const limit = this.#clock.after(limitMs, resolve);
    await promise;
    limit.cancel();
    off();
  }

  publish(topic: string, message: Json): void {
    if (!this.#closed) this.#board.publish(topic, message);
  }

  subscribe<Message>(...given: Parameters<typeof Switchboard.prototype.subscribe<Message>>): () => void {
    return this.#board.subscribe(...given);
  }

  async request(node: string, topic: string, message: Json, limitMs: number): Promise<Json> {
    if (this.#state === 'degraded') throw unreachable('The bus is down.');
    return await this.#board.request(node, topic, message, limitMs);
  }

  answer<Message>(...given: Parameters<typeof Switchboard.prototype.answer<Message>>): () => void {
    return this.#board.answer(...given);
  }

  state(): BusState {
    return this.#state;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#ping.cancel();
    if (this.#state === 'ok') await this.#commands.unlink(toOne(this.node)).catch(() => {});
    this.#reader.close();
    this.#commands.disconnect();
    this.#board.giveUp();
    this.removeAllListeners();
  }

  #put(message: Outgoing): void {
    this.#waiting.push(message);
    // The latest count: a beat of a minute ago says nothing, an invalidation is mended by the data's own age.
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
    void this.#send();
  }

  async #send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    try {
      while (this.#writes && this.#waiting.length > 0 && !this.#closed) {
        const batch = this.#waiting.slice(0, BATCH);
        await this.#write(batch);
        const sent = new Set(batch);
        this.#waiting = this.#waiting.filter((message) => !sent.has(message));
      }
    } catch {
      this.#stalled();
    } finally {
      this.#sending = false;
    }
  }

  /** Rejects when any of it may not have been written; then all of it is written again. */
  async #write(batch: readonly Outgoing[]): Promise<void> {
    const pipeline = this.#commands.pipeline();
    for (const { to, text } of batch) {
      const stream = to === null ? TO_ALL : toOne(to);
      pipeline.xadd(stream, 'MAXLEN', '~', to === null ? KEPT_TO_ALL : KEPT_TO_ONE, '*', 'm', text);
      if (to !== null) pipeline.pexpire(stream, TO_ONE_LIVES_MS);
    }
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
  }

  async #check(): Promise<void> {
    if (this.#closed || this.#commands.status !== 'ready') return;
    try {
      await this.#commands.ping();
      this.#writable(true);
    } catch {
      this.#stalled();
    }
  }

  /** Somebody accepts commands and answers none: a fresh connection knows more. */
  #stalled(): void {
    this.#writable(false);
    if (!this.#closed && this.#commands.status === 'ready') this.#commands.disconnect(true);
  }

  #writable(writes: boolean): void {
    this.#writes = writes && !this.#closed;
    this.#judge();
    if (this.#writes) void this.#send();
  }

  #judge(): void {
    const state: BusState = this.#writes && this.#reader?.reads ? 'ok' : 'degraded';
    if (state === this.#state || this.#closed) return;
    this.#state = state;
    if (state === 'degraded') this.#board.giveUp();
    this.emit('state', state);
  }
}

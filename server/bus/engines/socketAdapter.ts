import { createAdapter } from '@socket.io/redis-streams-adapter';
import type { Redis } from 'ioredis';
import type { Namespace, ServerOptions } from 'socket.io';
import type { Clock } from '../../../shared/clock.ts';
import { openLink } from './redisLink.ts';

/** A message that Redis does not take in time goes to its socket all the same; it cannot be told again then. */
const PUBLISH_LIMIT_MS = 200;
const READ_LIMIT_MS = 5_000;
const READ_PAUSE_MS = 250;
const STREAM = 'segue:io';
/** As long as a lost socket may come back for what it has missed, and a little longer. */
const KEPT_MS = 150_000;

type Adapter = Exclude<ServerOptions['adapter'], undefined>;
type Publishing = { doPublish(message: unknown): Promise<string> };

/**
 * socket.io's adapter over Redis streams, with which a lost socket recovers on whichever server it comes back to. The
 * adapter expects a Redis that is always there: it would crash the process, spin, or swallow messages without one. It is
 * given a client that does none of this.
 */
export class RedisSocketAdapter {
  /** For socket.io's server. */
  readonly adapter: Adapter;
  readonly #clock: Clock;
  readonly #links: Redis[] = [];
  readonly #commands: Redis;
  readonly #url: string;
  #closed = false;

  constructor({ url, clock }: { url: string; clock: Clock }) {
    this.#url = url;
    this.#clock = clock;
    this.#commands = this.#open();
    const create = createAdapter(this.#client(), {
      streamName: STREAM,
      channelPrefix: STREAM,
      sessionKeyPrefix: `${STREAM}:session:`,
      blockTimeInMs: READ_LIMIT_MS,
      onlyPlaintext: true,
    });
    const wrap = (made: unknown): Publishing => this.#neverSwallowing(made as Publishing);
    // socket.io calls it with `new`, so it is no arrow function.
    function adapter(namespace: Namespace): Publishing {
      return wrap(create(namespace));
    }
    this.adapter = adapter as unknown as Adapter;
  }

  close(): void {
    this.#closed = true;
    for (const link of this.#links) link.disconnect();
  }

  #open(commandTimeout?: number): Redis {
    const link = openLink(this.#url, commandTimeout === undefined ? {} : { commandTimeout });
    this.#links.push(link);
    return link;
  }

  /** Messages keep their order, however long Redis takes for each. */
  #neverSwallowing(adapter: Publishing): Publishing {
    const publish = adapter.doPublish.bind(adapter);
    let before: Promise<unknown> = Promise.resolve();
    adapter.doPublish = (message) => {
      const written = this.#commands.status === 'ready' ? this.#within(publish(message)) : '';
      const offset = Promise.all([written, before]).then(([place]) => place);
      before = offset;
      return offset;
    };
    return adapter;
  }

  #within(written: Promise<string>): Promise<string> {
    return new Promise((resolve) => {
      const limit = this.#clock.after(PUBLISH_LIMIT_MS, () => resolve(''));
      const done = (place: string): void => {
        limit.cancel();
        resolve(place);
      };
      written.then(done, () => done(''));
    });
  }

  /** What the adapter uses of a client of ioredis; what it does not wait for cannot fail. */
  #client() {
    const commands = this.#commands;
    const quietly = (done: Promise<unknown>): Promise<unknown> => done.catch(() => {});
    return {
      options: { lazyConnect: false },
      xadd: async ([stream = STREAM, , , , ...entry]: string[]): Promise<string> => {
        const place = (await commands.xadd(stream, ...(entry as ['*', string, string]))) ?? '';
        // By the time of Redis: a server whose clock is ahead would take away what others have to tell again.
        void quietly(commands.xtrim(stream, 'MINID', '=', Number.parseInt(place, 10) - KEPT_MS));
        void quietly(commands.pexpire(stream, KEPT_MS));
        return place;
      },
      xrange: (stream: string, from: string, to: string) => commands.xrange(stream, from, to),
      set: (key: string, value: string, _px: string, ms: number) =>
        quietly(commands.set(key, value, 'PX', ms)),
      multi: () => commands.multi(),
      publish: (channel: string, message: Buffer) => quietly(commands.publish(channel, message)),
      send_command: (name: string, args: string[], done: (error: unknown, answer?: unknown) => void) =>
        commands.call(name, ...args).then((answer) => done(null, answer), done),
      duplicate: () => this.#duplicate(this.#open(READ_LIMIT_MS + 2_000)),
    };
  }

  /** The adapter reads for ever, again at once after a failure. */
  #duplicate(link: Redis) {
    const whenReady = async (): Promise<void> => {
      while (link.status !== 'ready' && !this.#closed) await this.#pause();
    };
    return {
      on: (name: string, listener: (...args: never[]) => void) => link.on(name as 'error', listener as never),
      disconnect: () => link.disconnect(),
      xread: async (...args: Parameters<Redis['xread']>): Promise<unknown> => {
        await whenReady();
        if (this.#closed) return await new Promise(() => {});
        try {
          return await link.xread(...args);
        } catch (error) {
          if (link.status === 'ready' && !this.#closed) link.disconnect(true);
          await this.#pause();
          throw error;
        }
      },
      subscribe: async (channels: string[]): Promise<void> => {
        await whenReady();
        await link.subscribe(...channels).catch(() => {});
      },
    };
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#clock.after(READ_PAUSE_MS, resolve));
  }
}

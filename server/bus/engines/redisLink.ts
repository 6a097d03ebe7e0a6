import { Redis, type RedisOptions } from 'ioredis';
import { SegueError } from '../../../shared/errors.ts';

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 2_000;
/** A server that is frozen takes commands and answers none. */
export const COMMAND_LIMIT_MS = 1_500;

/**
 * A connection to Redis that comes back for ever. A command fails at once while it is gone, and after `limitMs` when
 * nobody answers: nothing piles up behind it.
 */
export function openLink(url: string, options: RedisOptions = {}): Redis {
  const link = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: true,
    maxRetriesPerRequest: 0,
    connectTimeout: 3_000,
    commandTimeout: COMMAND_LIMIT_MS,
    keepAlive: 10_000,
    retryStrategy: retryMs,
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...options,
  });
  // Without a listener a broken connection is printed, address and all; who uses it learns of it by its commands.
  link.on('error', () => {});
  link.connect().catch(() => {});
  return link;
}

/** Grows to two seconds; spread, so that the servers of a cluster do not come back in one moment. */
export function retryMs(attempt: number): number {
  const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 10));
  return Math.round(longest / 2 + (Math.random() * longest) / 2);
}

/** Throws CONFIG_INVALID; the address may hold a password, so it is not repeated. */
export function checkRedisUrl(url: string): void {
  if (!URL.canParse(url) || !/^rediss?:$/.test(new URL(url).protocol)) {
    throw new SegueError('CONFIG_INVALID', 'REDIS_URL must begin with redis:// or rediss://.');
  }
}

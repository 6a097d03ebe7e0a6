import { LRUCache } from 'lru-cache';
import type { Namespace } from 'socket.io';

/** More than come back within the time in which they can. */
const MOST_REMEMBERED = 10_000;

type Adapter = Namespace['adapter'];

/**
 * Lets a lost socket be recovered once. socket.io's memory gives a device that tries twice in a row two sockets of one id:
 * the end of the first takes the second one's rooms along, and with them all that it would be told.
 */
export function recoverOnce(adapter: Adapter): void {
  const recovered = new LRUCache<string, true>({ max: MOST_REMEMBERED });
  const persist = adapter.persistSession.bind(adapter);
  const restore = adapter.restoreSession.bind(adapter);
  adapter.persistSession = (session) => {
    recovered.delete(session.pid);
    persist(session);
  };
  adapter.restoreSession = async (pid, offset) => {
    const session = recovered.has(pid) ? null : await restore(pid, offset);
    if (session) recovered.set(pid, true);
    // socket.io takes none for one that has expired, though its types do not say so.
    return session as Awaited<ReturnType<Adapter['restoreSession']>>;
  };
}

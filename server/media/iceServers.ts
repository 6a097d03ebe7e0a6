import { createHmac } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';
import type { IceServer } from '../../shared/events.ts';

export type IceServerOptions = {
  /** `stun:`, `stuns:`, `turn:` and `turns:` URLs. */
  urls: readonly string[];
  /** The secret shared with the TURN server (coturn: `static-auth-secret`); without it TURN URLs are left out. */
  turnSecret?: string | undefined;
  /** How long a credential opens new allocations; default an hour. */
  ttlMs?: number | undefined;
};

const DEFAULT_TTL_MS = 3_600_000;

/**
 * The ICE servers for one call. TURN credentials end by themselves: user name `<expiry in seconds>:<user>`, password
 * base64 of HMAC-SHA1 over it (draft-uberti-behave-turn-rest-00, section 2.2; coturn's `use-auth-secret`).
 */
export function iceServersFor(
  user: string,
  { urls, turnSecret, ttlMs = DEFAULT_TTL_MS }: IceServerOptions,
  clock: Clock,
): IceServer[] {
  const turn = urls.filter((url) => /^turns?:/i.test(url));
  const stun = urls.filter((url) => /^stuns?:/i.test(url));
  const servers: IceServer[] = stun.length > 0 ? [{ urls: stun }] : [];
  if (turn.length > 0 && turnSecret) {
    const username = `${Math.floor((clock.epochMs() + ttlMs) / 1000)}:${user}`;
    const credential = createHmac('sha1', turnSecret).update(username).digest('base64');
    servers.push({ urls: turn, username, credential });
  }
  return servers;
}

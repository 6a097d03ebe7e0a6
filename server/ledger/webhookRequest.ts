import { createHmac } from 'node:crypto';
import type { StoredEvent } from './event.ts';

/** A site's listener for what happens, as its file describes it. */
export type Webhook = {
  site: string;
  name: string;
  /** https, or http on this machine. */
  url: string;
  secret: string;
  /** Null for all. */
  kinds: readonly StoredEvent['kind'][] | null;
  /** Whether it gets what is personal, too. */
  personal: boolean;
};

export type WebhookRequest = { body: string; headers: Record<string, string> };

/**
 * A delivery, signed as of Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`.
 * `webhook-id` is the same when the same events are delivered again.
 */
export function webhookRequest(
  { site, name, secret, personal }: Webhook,
  events: readonly StoredEvent[],
  epochMs: number,
): WebhookRequest {
  const told = personal ? events : events.map(({ personal: _, ...event }) => event);
  const body = JSON.stringify({ site, events: told });
  const id = `${name}-${events[0]?.seq}-${events.at(-1)?.seq}`;
  const timestamp = String(Math.floor(epochMs / 1000));
  const signature = createHmac('sha256', secretBytes(secret))
    .update(`${id}.${timestamp}.${body}`)
    .digest('base64');
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Segue',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    },
  };
}

/** Secrets of Standard Webhooks are base64 behind `whsec_`; any other text is taken as it is. */
function secretBytes(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret, 'utf8');
}

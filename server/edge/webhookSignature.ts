import { createHmac, timingSafeEqual } from 'node:crypto';
import { SegueError } from '../../shared/errors.ts';

/** A webhook that was signed longer ago, or will be, is not taken. */
const WINDOW_MS = 300_000;
const MAX_SIGNATURES = 5;

export type SignedWebhook = {
  /** `webhook-id`, the same for each delivery of one message. */
  id: string;
  /** `webhook-timestamp`, seconds since the epoch. */
  timestamp: string;
  /** `webhook-signature`: `v1,<base64>`, several separated by spaces while secrets change. */
  signature: string;
  /** The body as it was sent. */
  body: string;
};

/**
 * Checks a signature of Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`.
 * Throws WEBHOOK_INVALID.
 */
export function checkWebhook(
  { id, timestamp, signature, body }: SignedWebhook,
  secret: string,
  epochMs: number,
) {
  const sentMs = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * 1000 : Number.NaN;
  if (!(Math.abs(epochMs - sentMs) <= WINDOW_MS)) throw new SegueError('WEBHOOK_INVALID');
  const expected = createHmac('sha256', secretBytes(secret)).update(`${id}.${timestamp}.${body}`).digest();
  const given = signature.split(' ').slice(0, MAX_SIGNATURES);
  const fits = given.map((one) => {
    const bytes = Buffer.from(one.startsWith('v1,') ? one.slice(3) : '', 'base64');
    return bytes.length === expected.length && timingSafeEqual(bytes, expected);
  });
  if (!fits.includes(true)) throw new SegueError('WEBHOOK_INVALID');
}

/** Secrets of Standard Webhooks are base64 behind `whsec_`; any other text is taken as it is. */
function secretBytes(secret: string): Buffer {
  return secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret, 'utf8');
}

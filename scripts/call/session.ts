import type { SessionOpened, SessionRequest } from '../../shared/events.ts';
import type { WireError } from '../../shared/result.ts';
import { CallError } from './callError.ts';

const LIMIT_MS = 10_000;

/** `POST /v1/sessions` as a page of `origin` would send it. Rejects with the server's error. */
export async function openSession(
  url: string,
  origin: string,
  request: Partial<SessionRequest>,
): Promise<SessionOpened> {
  const response = await fetch(new URL('/v1/sessions', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(LIMIT_MS),
  }).catch((error: Error) => {
    const cause = error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
    throw new CallError('unreachable', `No answer from ${url} (${cause}).`);
  });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body as SessionOpened;
  const { error } = (body ?? {}) as { error?: WireError };
  throw error
    ? CallError.fromWire(error)
    : new CallError('unexpected', `HTTP ${response.status} from ${url}.`);
}

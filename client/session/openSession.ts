import type { SessionOpened, SessionRequest } from '../../shared/events.ts';
import { CallError } from '../call/callError.ts';

/** `POST /v1/sessions`. Rejects with a `CallError`. */
export async function openSession(
  serverUrl: string,
  request: SessionRequest,
  signal: AbortSignal,
): Promise<SessionOpened> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(`${serverUrl}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      credentials: 'omit',
      signal,
    });
    body = await response.json().catch(() => null);
  } catch (error) {
    throw CallError.of(signal.aborted ? 'CALL_CANCELLED' : 'NETWORK_UNREACHABLE', error);
  }
  if (!response.ok) throw CallError.fromBody(body);
  return body as SessionOpened;
}

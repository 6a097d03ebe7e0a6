import type { SessionOpened, SessionRequest } from '../../shared/events.ts';
import { CallError } from '../call/callError.ts';

const CLAIM_ERRORS: ReadonlySet<string> = new Set(['CONTEXT_INVALID', 'PAYLOAD_TOO_LARGE', 'BAD_REQUEST']);

/**
 * As `openSession`. A page whose claims the server cannot take does not cost its visitor the call: they are left out,
 * after `onRefused`.
 */
export async function openSessionAnyhow(
  serverUrl: string,
  request: SessionRequest,
  signal: AbortSignal,
  onRefused: (error: CallError) => void,
): Promise<SessionOpened> {
  try {
    return await openSession(serverUrl, request, signal);
  } catch (error) {
    if (!(error instanceof CallError) || !CLAIM_ERRORS.has(error.code)) throw error;
    onRefused(error);
    return await openSession(serverUrl, { ...request, context: {}, events: [] }, signal);
  }
}

/** `POST /v1/sessions`. Rejects with a `CallError`. */
async function openSession(
  serverUrl: string,
  request: SessionRequest,
  signal: AbortSignal,
): Promise<SessionOpened> {
  const payload = written(request);
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(`${serverUrl}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: payload,
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

function written(request: SessionRequest): string {
  try {
    return JSON.stringify(request);
  } catch (error) {
    // The page's context runs in circles, or holds what is not JSON.
    throw CallError.of('CONTEXT_INVALID', error);
  }
}

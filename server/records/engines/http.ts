import { type Clock, systemClock } from '../../../shared/clock.ts';
import { SegueError } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { BadAnswer } from '../badAnswer.ts';
import type { Connector, ConnectorRequest } from '../connector.ts';
import { readAnswer, readRefusal } from './httpAnswer.ts';

export type HttpConnectorOptions = {
  /** Operations are posted to `<url>/<operation>`. */
  url: string;
  /** Bearer key. */
  key: string;
  /** For the whole call, the second attempt included. */
  timeoutMs?: number;
  fetch?: typeof fetch;
  clock?: Clock;
};

const OPERATION = /^[a-z]+(\.[a-zA-Z]+)*$/;
const LONGEST_OPERATION = 64;

/** Stands in for the cause when the time is up, so that it can be told from other aborts. */
const TIMED_OUT = Symbol('timed out');

/**
 * A customer's systems behind HTTP: `POST <url>/<operation>` with `{ args, subject, idempotencyKey? }`. 200 with a
 * JSON object is the answer, 409 with `{ reason }` a business "no", everything else a failure. A connection that
 * breaks before the answer is tried once more: actions carry an idempotency key, look-ups change nothing.
 */
export class HttpConnector implements Connector {
  readonly name = 'http';
  readonly #url: string;
  readonly #key: string;
  readonly #timeoutMs: number;
  readonly #fetch: typeof fetch;
  readonly #clock: Clock;
  readonly #closing = new AbortController();

  /** Throws CONFIG_INVALID when the URL is not plain HTTP or HTTPS. */
  constructor(options: HttpConnectorOptions) {
    this.#url = baseUrl(options.url);
    this.#key = options.key;
    this.#timeoutMs = options.timeoutMs ?? 3_000;
    this.#fetch = options.fetch ?? fetch;
    this.#clock = options.clock ?? systemClock;
  }

  async call(request: ConnectorRequest): Promise<JsonObject> {
    const { operation, args, subject, idempotencyKey, signal: outer } = request;
    if (operation.length > LONGEST_OPERATION || !OPERATION.test(operation)) {
      throw new SegueError('CONNECTOR_FAILED', 'the operation has an invalid name');
    }
    const expiry = new AbortController();
    const timer = this.#clock.after(this.#timeoutMs, () => expiry.abort(TIMED_OUT));
    const signal = AbortSignal.any([expiry.signal, this.#closing.signal, ...(outer ? [outer] : [])]);
    try {
      const response = await this.#post(operation, JSON.stringify({ args, subject, idempotencyKey }), signal);
      if (response.status === 200) return await readAnswer(response);
      if (response.status === 409) {
        throw new SegueError('CONNECTOR_REFUSED', await readRefusal(response));
      }
      await response.body?.cancel();
      // A system that does not take this request may take the next one; 408 and 429 are about the system itself.
      if (/^4(?!08|29)/.test(String(response.status))) throw new BadAnswer(`status ${response.status}`);
      throw new SegueError('CONNECTOR_FAILED', `status ${response.status}`);
    } catch (error) {
      if (error instanceof SegueError) throw error;
      throw new SegueError('CONNECTOR_FAILED', whatFailed(signal), { cause: error });
    } finally {
      timer.cancel();
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }

  async #post(operation: string, body: string, signal: AbortSignal): Promise<Response> {
    const attempt = () =>
      this.#fetch(`${this.#url}/${operation}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.#key}`,
          'content-type': 'application/json',
          accept: 'application/json',
        },
        body,
        redirect: 'manual',
        signal,
      });
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted) throw error;
      return attempt();
    }
  }
}

function baseUrl(text: string): string {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new SegueError('CONFIG_INVALID', 'A connector needs an http or https URL.');
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new SegueError('CONFIG_INVALID', 'The URL of a connector is origin and path, and nothing else.');
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function whatFailed(signal: AbortSignal): string {
  if (!signal.aborted) return 'the connection failed';
  return signal.reason === TIMED_OUT ? 'no answer in time' : 'the request was given up';
}

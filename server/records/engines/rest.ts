import { type Clock, systemClock } from '../../../shared/clock.ts';
import { SegueError } from '../../../shared/errors.ts';
import type { Json, JsonObject } from '../../../shared/json.ts';
import { BadAnswer } from '../badAnswer.ts';
import type { Connector, ConnectorRequest } from '../connector.ts';
import { find, mapAnswer } from '../mapping.ts';
import type { Refusal, RestOperation, RestSettings } from '../plan.ts';
import { fillBody, fillPath, fillQuery } from '../template.ts';
import { readJson } from './httpAnswer.ts';
import { RestAuthorisation } from './restAuth.ts';

export type RestConnectorOptions = {
  name: string;
  settings: RestSettings;
  fetch?: typeof fetch;
  clock?: Clock;
  /** 0…1, for the spread of retries. */
  random?: () => number;
};

/** Before the first retry; doubles with each, and is spread by half. */
const BACK_OFF_MS = 150;
/** What passes by itself. */
const PASSING = [429, 502, 503, 504];

/** Stands in for the cause when the time is up, so that it can be told from other aborts. */
const TIMED_OUT = Symbol('timed out');

/** A system with a REST interface, as the operator's file describes it: arguments never choose where a request goes. */
export class RestConnector implements Connector {
  readonly name: string;
  readonly #settings: RestSettings;
  readonly #fetch: typeof fetch;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #auth: RestAuthorisation;
  readonly #closing = new AbortController();

  constructor(options: RestConnectorOptions) {
    this.name = options.name;
    this.#settings = options.settings;
    this.#fetch = options.fetch ?? fetch;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#auth = new RestAuthorisation(options.settings.auth, { fetch: this.#fetch, clock: this.#clock });
  }

  async call(request: ConnectorRequest): Promise<JsonObject> {
    const operation = this.#settings.operations.get(request.operation);
    if (!operation) throw new BadAnswer('there is no such operation');
    const url = this.#urlOf(operation, request);
    const body =
      operation.body === null ? undefined : JSON.stringify(fillBody(operation.body, request) ?? null);
    const expiry = new AbortController();
    const timer = this.#clock.after(this.#settings.timeoutMs, () => expiry.abort(TIMED_OUT));
    const signal = AbortSignal.any([
      expiry.signal,
      this.#closing.signal,
      ...(request.signal ? [request.signal] : []),
    ]);
    try {
      return await this.#attempts(operation, { url, body, request, signal });
    } catch (error) {
      if (error instanceof SegueError && !signal.aborted) throw error;
      if (error instanceof SegueError && error.code === 'CONNECTOR_REFUSED') throw error;
      throw new SegueError('CONNECTOR_FAILED', whatFailed(signal), { cause: error });
    } finally {
      timer.cancel();
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }

  #urlOf(operation: RestOperation, request: ConnectorRequest): string {
    const { url: base } = this.#settings;
    const query = fillQuery(operation.query, request);
    const url = `${base}${fillPath(operation.path, request)}${query ? `?${query}` : ''}`;
    // Held by the template already; whatever a parser makes of it stays under the operator's address, too.
    if (!URL.parse(url)?.href.startsWith(`${base}/`)) throw new BadAnswer('the request leaves its system');
    return url;
  }

  async #attempts(operation: RestOperation, attempt: Attempt): Promise<JsonObject> {
    const { idempotencyKey } = attempt.request;
    const keyed = idempotencyKey !== undefined && this.#settings.idempotencyHeader !== null;
    const repeatable = operation.kind === 'read' || keyed;
    let renewed = false;
    for (let retry = 0; ; ) {
      const last = !repeatable || retry >= this.#settings.retries;
      let response: Response;
      try {
        response = await this.#send(operation, attempt);
      } catch (error) {
        if (last || attempt.signal.aborted || error instanceof SegueError) throw error;
        await this.#pause(this.#backOffMs(retry++), attempt.signal);
        continue;
      }
      if (response.status === 401 && !renewed && this.#auth.renew()) {
        renewed = true;
        await response.body?.cancel();
        continue;
      }
      if (last || !PASSING.includes(response.status)) return await this.#read(operation, response);
      await response.body?.cancel();
      await this.#pause(Math.max(this.#backOffMs(retry++), retryAfterMs(response)), attempt.signal);
    }
  }

  async #send(operation: RestOperation, { url, body, request, signal }: Attempt): Promise<Response> {
    const { headers, idempotencyHeader } = this.#settings;
    const { idempotencyKey } = request;
    signal.throwIfAborted();
    const authorisation = await this.#auth.headers();
    signal.throwIfAborted();
    return this.#fetch(url, {
      method: operation.method,
      headers: {
        accept: 'application/json',
        ...headers,
        ...authorisation,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey !== undefined && idempotencyHeader !== null
          ? { [idempotencyHeader]: idempotencyKey }
          : {}),
      },
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal,
    });
  }

  async #read(operation: RestOperation, response: Response): Promise<JsonObject> {
    const { status, ok } = response;
    const refusals = operation.refused.filter((one) => one.status === status);
    if (refusals.length > 0) {
      const looksInside = ok || refusals.some(({ at }) => at !== null);
      // A refusal may come without a body, or with one for people.
      const json = looksInside ? await this.#json(response).catch(ok ? raise : () => null) : null;
      const reason = reasonOf(refusals, json);
      if (!looksInside) await response.body?.cancel();
      if (reason !== null) throw new SegueError('CONNECTOR_REFUSED', reason);
      if (ok) return this.#answerOf(operation, json);
    } else if (status === 204 || status === 205) return {};
    else if (ok) return this.#answerOf(operation, await this.#json(response));
    else await response.body?.cancel();
    if (status >= 400 && status < 500 && status !== 408 && status !== 429)
      throw new BadAnswer(`status ${status}`);
    throw new SegueError('CONNECTOR_FAILED', `status ${status}`);
  }

  #json(response: Response): Promise<Json> {
    return readJson(response, this.#settings.maxBytes);
  }

  #answerOf({ answer }: RestOperation, json: Json): JsonObject {
    if (answer) return mapAnswer(answer, json);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
    throw new BadAnswer('the answer is not a JSON object');
  }

  #backOffMs(retry: number): number {
    return BACK_OFF_MS * 2 ** retry * (0.75 + this.#random() / 2);
  }

  #pause(delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        timer.cancel();
        reject(signal.reason);
      };
      const timer = this.#clock.after(delayMs, () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
      signal.addEventListener('abort', stop, { once: true });
    });
  }
}

type Attempt = { url: string; body: string | undefined; request: ConnectorRequest; signal: AbortSignal };

/** Why it is refused: what the body says counts before the status alone. */
function reasonOf(refusals: readonly Refusal[], json: Json): string | null {
  const said = refusals.find(({ at, is }) => {
    if (at === null) return false;
    const value = find(at, json);
    return is === null ? value !== undefined && value !== null : value === is;
  });
  return (said ?? refusals.find(({ at }) => at === null))?.reason ?? null;
}

function raise(error: unknown): never {
  throw error;
}

function retryAfterMs(response: Response): number {
  const seconds = Number(response.headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}

function whatFailed(signal: AbortSignal): string {
  if (!signal.aborted) return 'the connection failed';
  return signal.reason === TIMED_OUT ? 'no answer in time' : 'the request was given up';
}

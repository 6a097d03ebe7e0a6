import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

/** Passes JSON requests on to another server after a while: a system that is slow, and nothing else. */
export class DelayingProxy {
  readonly url: string;
  /** Where requests go; the server may be known later than the proxy. */
  target = '';
  /** For requests that come from now on. */
  delayMs = 0;
  readonly #server: ReturnType<typeof createServer>;

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => {
      this.#pass(request, response).catch(() => response.destroy());
    });
  }

  /** Listens on a free port of this machine. */
  static open(): Promise<DelayingProxy> {
    const server = createServer();
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve(new DelayingProxy(server)));
    });
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const body = await text(request);
    await pause(this.delayMs, undefined, { signal: gone.signal });
    const { method = 'POST', url = '/', headers } = request;
    const answer = await fetch(new URL(url, this.target), {
      method,
      headers: {
        'content-type': headers['content-type'] ?? 'application/json',
        authorization: headers.authorization ?? '',
      },
      ...(body === '' ? {} : { body }),
      signal: gone.signal,
    });
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? 'application/json',
    });
    response.end(await answer.text());
  }
}

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Passes TCP connections on, until those there are die without a word: nothing comes through, and nobody is told. */
export class SilentLine {
  readonly port: number;
  readonly #server: Server;
  readonly #pairs: Socket[][] = [];

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (near) => {
      const far = connect(target, '127.0.0.1');
      this.#pairs.push([near, far]);
      near.pipe(far).pipe(near);
      for (const end of [near, far]) end.on('error', () => near.destroy() && far.destroy());
    });
  }

  static open(target: number): Promise<SilentLine> {
    const server = createServer();
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(new SilentLine(server, target)));
    });
  }

  /** Connections that come later work. */
  die(): void {
    for (const pair of this.#pairs) for (const end of pair) end.unpipe().pause();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const pair of this.#pairs) for (const end of pair) end.destroy();
    await closed;
  }
}

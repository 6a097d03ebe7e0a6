import { connect, createServer, type Server, type Socket } from 'node:net';
import { type DatagramPassage, openDatagrams } from './datagrams.ts';

export type Place = { host: string; port: number };

export type RelayOptions = {
  /** Where it listens; port 0 takes any free one. */
  listen: Place;
  /** Where connections go: the first that takes them, as behind a balancer. */
  targets: readonly Place[];
  tcp?: boolean;
  udp?: boolean;
};

/** What a packet meets on its way, in each direction. */
export type Weather = { loss: number; delayMs: number; jitterMs: number };

const CLEAR: Weather = { loss: 0, delayMs: 0, jitterMs: 0 };

/**
 * A piece of network of our own, between a client and a server: it loses, delays, cuts and blocks. What is lost of a
 * TCP connection comes later, as its own retransmission would bring it.
 */
export class Relay {
  readonly port: number;
  readonly #targets: readonly Place[];
  readonly #server: Server | null;
  readonly #datagrams: DatagramPassage | null;
  readonly #connections = new Set<Connection>();
  #weather = CLEAR;
  #cut = false;
  #refusing = false;

  private constructor(
    port: number,
    { targets }: RelayOptions,
    parts: { server: Server | null; datagrams: DatagramPassage | null },
  ) {
    this.port = port;
    this.#targets = targets;
    this.#server = parts.server;
    this.#datagrams = parts.datagrams;
    this.#server?.on('connection', (client) => this.#accept(client));
  }

  static async open(options: RelayOptions): Promise<Relay> {
    const { listen, targets, tcp = true, udp = false } = options;
    const server = tcp ? await listening(listen) : null;
    const address = server?.address();
    const port = typeof address === 'object' && address ? address.port : listen.port;
    const [target] = targets;
    const datagrams = udp && target ? await openDatagrams({ listen: { ...listen, port }, target }) : null;
    return new Relay(port, options, { server, datagrams });
  }

  /** For packets and bytes that come from now on. */
  set weather(weather: Partial<Weather>) {
    this.#weather = { ...CLEAR, ...weather };
    if (this.#datagrams) this.#datagrams.weather = this.#weather;
  }

  /** Nothing passes any more, and nobody is told: a lost network. */
  cut(): void {
    this.#cut = true;
    if (this.#datagrams) this.#datagrams.open = false;
    for (const connection of this.#connections) connection.hold();
  }

  restore(): void {
    this.#cut = false;
    if (this.#datagrams) this.#datagrams.open = true;
    for (const connection of this.#connections) connection.release();
  }

  /** A firewall that lets no UDP through. With `except`: what comes from these ports still passes. */
  blockUdp(except?: { fromPort: number; toPort: number }): void {
    if (!this.#datagrams) return;
    this.#datagrams.passes = ({ port }) =>
      except !== undefined && port >= except.fromPort && port <= except.toPort;
  }

  allowUdp(): void {
    if (this.#datagrams) this.#datagrams.passes = () => true;
  }

  /** Takes no new TCP connections, and ends those there are. */
  refuseTcp(): void {
    this.#refusing = true;
    this.endConnections();
  }

  allowTcp(): void {
    this.#refusing = false;
  }

  /** Ends every TCP connection at once; new ones are taken. */
  endConnections(): void {
    for (const connection of [...this.#connections]) connection.close();
  }

  /** The server sees every client at another port from now on, as behind an address translator that forgot them. */
  rebind(): void {
    this.#datagrams?.rebind();
  }

  async close(): Promise<void> {
    this.endConnections();
    await Promise.all([
      this.#datagrams?.close(),
      this.#server && new Promise((resolve) => this.#server?.close(resolve)),
    ]);
  }

  #accept(client: Socket): void {
    if (this.#refusing) {
      client.resetAndDestroy();
      return;
    }
    const connection = new Connection(client, this.#targets, () => this.#weather);
    this.#connections.add(connection);
    connection.onClosed = () => this.#connections.delete(connection);
    if (this.#cut) connection.hold();
    else connection.release();
  }
}

/** A TCP connection with its way on; while it is held, nothing is read from either side. */
class Connection {
  readonly #client: Socket;
  readonly #targets: readonly Place[];
  readonly #weather: () => Weather;
  #server: Socket | null = null;
  #held = true;
  #begun = false;
  #closed = false;
  onClosed: () => void = () => {};

  constructor(client: Socket, targets: readonly Place[], weather: () => Weather) {
    this.#client = client;
    this.#targets = targets;
    this.#weather = weather;
    client.pause();
    client.setNoDelay(true);
    client.on('error', () => this.close());
    client.on('close', () => this.close());
  }

  hold(): void {
    this.#held = true;
    this.#client.pause();
    this.#server?.pause();
  }

  release(): void {
    this.#held = false;
    if (!this.#begun) {
      this.#begun = true;
      this.#reach(0);
    }
    if (!this.#server) return;
    this.#client.resume();
    this.#server.resume();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#client.destroy();
    this.#server?.destroy();
    this.onClosed();
  }

  #reach(index: number): void {
    const target = this.#targets[index];
    if (!target || this.#closed) {
      this.#client.resetAndDestroy();
      this.close();
      return;
    }
    const server = connect({ ...target, noDelay: true });
    server.once('error', () => (this.#server ? this.close() : this.#reach(index + 1)));
    server.once('connect', () => {
      this.#server = server;
      server.pause();
      server.on('close', () => this.close());
      this.#pass(this.#client, server);
      this.#pass(server, this.#client);
      if (!this.#held) this.release();
    });
  }

  /** Bytes of one connection never overtake each other. */
  #pass(from: Socket, to: Socket): void {
    const late: { bytes: Buffer; dueMs: number }[] = [];
    const send = (): void => {
      const [next] = late;
      if (!next) return;
      const waitMs = next.dueMs - performance.now();
      if (waitMs > 0) {
        setTimeout(send, waitMs);
        return;
      }
      late.shift();
      to.write(next.bytes);
      send();
    };
    from.on('data', (bytes: Buffer) => {
      const { delayMs, jitterMs } = this.#weather();
      const dueMs = performance.now() + delayMs + Math.random() * jitterMs;
      late.push({ bytes, dueMs: Math.max(dueMs, late.at(-1)?.dueMs ?? 0) });
      if (late.length === 1) send();
    });
    from.on('end', () => to.end());
  }
}

function listening({ host, port }: Place): Promise<Server> {
  const server = createServer({ allowHalfOpen: false, pauseOnConnect: true });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

import { createServer, type Server } from 'node:net';

const TRIES = 20;

/** A free port of 127.0.0.1 whose successor is free too: the server's and the demo shop's. */
export async function freePortPair(): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const first = await listen(0);
    const port = portOf(first);
    const second = await listen(port + 1).catch(() => null);
    await Promise.all([close(first), second && close(second)]);
    if (second) return port;
  }
  throw new Error('no two neighbouring ports are free');
}

function listen(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

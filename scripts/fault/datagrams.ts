import { createSocket, type Socket } from 'node:dgram';
import type { Place, Weather } from './relay.ts';

/** UDP both ways between clients and one server. Whether and how late a packet arrives can be changed at any time. */
export type DatagramPassage = {
  open: boolean;
  weather: Weather;
  /** By the client's address. */
  passes: (client: { address: string; port: number }) => boolean;
  rebind(): void;
  close(): Promise<void>;
};

/** Listens on both addresses' own socket; each client gets one of its own towards the server. */
export async function openDatagrams({
  listen,
  target,
}: {
  listen: Place;
  target: Place;
}): Promise<DatagramPassage> {
  const front = await bound(listen.port, listen.host);
  const backs = new Map<string, Socket>();

  const carry = (bytes: Buffer, send: (bytes: Buffer) => void): void => {
    const { loss, delayMs, jitterMs } = passage.weather;
    if (!passage.open || Math.random() < loss) return;
    const waitMs = delayMs + Math.random() * jitterMs;
    if (waitMs === 0) send(bytes);
    else setTimeout(() => send(bytes), waitMs);
  };

  const backOf = (address: string, port: number): Socket => {
    const key = `${address}:${port}`;
    const known = backs.get(key);
    if (known) return known;
    const back = createSocket('udp4');
    // A refusal by the server's side, which UDP does not owe anybody.
    back.on('error', () => {});
    back.on('message', (bytes) => {
      if (passage.passes({ address, port }))
        carry(bytes, (late) => send(front, late, { port, host: address }));
    });
    backs.set(key, back);
    return back;
  };

  const passage: DatagramPassage = {
    open: true,
    weather: { loss: 0, delayMs: 0, jitterMs: 0 },
    passes: () => true,
    rebind() {
      for (const back of backs.values()) back.close();
      backs.clear();
    },
    async close() {
      passage.rebind();
      await new Promise<void>((resolve) => front.close(resolve));
    },
  };
  front.on('error', () => {});
  front.on('message', (bytes, { address, port }) => {
    if (!passage.passes({ address, port })) return;
    carry(bytes, (late) => send(backOf(address, port), late, target));
  });
  return passage;
}

/** A socket may have been closed while a packet was under way. */
function send(socket: Socket, bytes: Buffer, { port, host }: Place): void {
  try {
    socket.send(bytes, port, host);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SOCKET_DGRAM_NOT_RUNNING') throw error;
  }
}

function bound(port: number, host: string): Promise<Socket> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, host, () => resolve(socket));
  });
}

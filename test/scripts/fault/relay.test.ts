import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Relay } from '../../../scripts/fault/relay.ts';

const HOST = '127.0.0.1';

/** Says back what it is told, by TCP and UDP on one port. */
async function openEcho(): Promise<{ port: number; tcp: Server; udp: Datagrams; froms: number[] }> {
  const tcp = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, HOST);
  await once(tcp, 'listening');
  const { port } = tcp.address() as AddressInfo;
  const udp = createSocket('udp4').bind(port, HOST);
  await once(udp, 'listening');
  const froms: number[] = [];
  udp.on('message', (bytes, from) => {
    froms.push(from.port);
    udp.send(bytes, from.port, from.address);
  });
  return { port, tcp, udp, froms };
}

describe('the relay', () => {
  let echo: Awaited<ReturnType<typeof openEcho>>;
  let relay: Relay;
  let client: Datagrams;
  let socket: Socket;
  beforeEach(async () => {
    echo = await openEcho();
    const targets = [{ host: HOST, port: echo.port }];
    relay = await Relay.open({ listen: { host: HOST, port: 0 }, targets, udp: true });
    client = createSocket('udp4').bind(0, HOST);
    await once(client, 'listening');
    socket = connect(relay.port, HOST);
    socket.on('error', () => {});
    await once(socket, 'connect');
  });
  afterEach(async () => {
    client.close();
    socket.destroy();
    await relay.close();
    echo.tcp.close();
    echo.udp.close();
  });

  const said = async (word: string): Promise<string> => {
    client.send(word, relay.port, HOST);
    const [bytes] = (await once(client, 'message')) as [Buffer];
    return String(bytes);
  };
  const written = async (word: string): Promise<string> => {
    socket.write(word);
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    return String(bytes);
  };

  it('carries both ways', async () => {
    expect(await said('one')).toBe('one');
    expect(await written('two')).toBe('two');
  });

  it('loses packets while it is cut, and brings the bytes of a connection afterwards', async () => {
    expect(await written('before')).toBe('before');
    expect(await said('before')).toBe('before');
    relay.cut();
    client.send('lost', relay.port, HOST);
    socket.write('late');
    const late = once(socket, 'data');
    // What is answered to one who is not cut off comes after what would have come through.
    await once(connect(relay.port, HOST), 'connect');
    relay.restore();
    expect(String((await late)[0])).toBe('late');
    expect(await said('after')).toBe('after');
    expect(echo.froms).toHaveLength(2);
  });

  it('loses the share of packets that it is told to', async () => {
    relay.weather = { loss: 1 };
    client.send('lost', relay.port, HOST);
    expect(await written('slow')).toBe('slow');
    relay.weather = {};
    expect(await said('kept')).toBe('kept');
    expect(echo.froms).toHaveLength(1);
  });

  it('keeps the order of bytes that come late', async () => {
    relay.weather = { delayMs: 1, jitterMs: 20 };
    for (const word of ['a', 'b', 'c', 'd']) {
      socket.write(word);
      await new Promise((resolve) => setImmediate(resolve));
    }
    let all = '';
    for await (const bytes of socket) {
      all += String(bytes);
      if (all.length === 4) break;
    }
    expect(all).toBe('abcd');
  });

  it('blocks UDP, but for the ports that it leaves open', async () => {
    const { port } = client.address();
    relay.blockUdp();
    client.send('blocked', relay.port, HOST);
    expect(await written('open')).toBe('open');
    relay.blockUdp({ fromPort: port, toPort: port });
    expect(await said('let through')).toBe('let through');
    expect(echo.froms).toHaveLength(1);
  });

  it('shows the server another port after a rebinding', async () => {
    await said('one');
    relay.rebind();
    await said('two');
    expect(new Set(echo.froms).size).toBe(2);
  });

  it('ends connections, refuses new ones, and takes them again', async () => {
    const closed = once(socket, 'close');
    relay.refuseTcp();
    await closed;
    const refused = connect(relay.port, HOST);
    refused.on('error', () => {});
    await new Promise((resolve) => refused.once('close', resolve));
    relay.allowTcp();
    socket = connect(relay.port, HOST);
    expect(await written('again')).toBe('again');
  });

  it('goes on to the next server when the first takes no connections', async () => {
    const gone = createServer().listen(0, HOST);
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, 'close');
    const targets = [
      { host: HOST, port },
      { host: HOST, port: echo.port },
    ];
    const balancer = await Relay.open({ listen: { host: HOST, port: 0 }, targets });
    socket.destroy();
    socket = connect(balancer.port, HOST);
    expect(await written('found')).toBe('found');
    await balancer.close();
  });
});

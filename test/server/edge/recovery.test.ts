import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { io, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RedisServer, startRedis } from '../../../scripts/database/redisServer.ts';
import { RedisSocketAdapter } from '../../../server/bus/engines/socketAdapter.ts';
import { Calls } from '../../../server/call/calls.ts';
import { Sessions } from '../../../server/context/sessions.ts';
import { Origins } from '../../../server/edge/origins.ts';
import { SessionTokens } from '../../../server/edge/sessionToken.ts';
import { attachSocket, SOCKET_PATH, type SocketServer } from '../../../server/edge/socket.ts';
import { createLog } from '../../../server/telemetry/log.ts';
import { systemClock as clock } from '../../../shared/clock.ts';
import { ownRedisMissing } from '../../fakes/redisServers.ts';
import { soon } from '../../fakes/soon.ts';

const ORIGIN = 'https://shop.example';
const LIMIT_MS = 10_000;

type Node = { server: SocketServer; http: HttpServer; url: string; adapter: RedisSocketAdapter | null };

let nodes: Node[];
let sockets: Socket[];
let sessions: Sessions;
let tokens: SessionTokens;
beforeEach(() => {
  nodes = [];
  sockets = [];
  sessions = new Sessions(clock);
  tokens = new SessionTokens(new TextEncoder().encode('the secret of all these servers'), clock);
});
afterEach(async () => {
  for (const socket of sockets) socket.disconnect();
  for (const { server, adapter } of nodes) {
    await server.close();
    adapter?.close();
  }
  sessions.close();
});

/** A server of the cluster; sessions are shared as the store shares them. */
async function startNode(redisUrl?: string, itsClock = clock): Promise<Node> {
  const http = createServer();
  const adapter = redisUrl === undefined ? null : new RedisSocketAdapter({ url: redisUrl, clock: itsClock });
  const calls = new Calls({ prepare: () => Promise.reject(new Error('no calls here')), max: 1, clock });
  const server = attachSocket(http, {
    calls,
    sessions,
    tokens,
    origins: new Origins([{ key: 'demo', origins: [ORIGIN] }]),
    clock,
    log: createLog('silent'),
    ...(adapter && { adapter: adapter.adapter }),
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const node = { server, http, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, adapter };
  nodes.push(node);
  return node;
}

async function visit({ url }: Node): Promise<{ socket: Socket; heard: string[] }> {
  const session = sessions.open({ siteKey: 'demo', language: 'en' });
  const { token } = await tokens.issue(session.id);
  const socket = io(url, {
    path: SOCKET_PATH,
    auth: { token },
    transports: ['websocket'],
    extraHeaders: { origin: ORIGIN },
    forceNew: true,
    reconnectionDelay: 50,
  });
  sockets.push(socket);
  const heard: string[] = [];
  socket.on('transcript', ({ text }: { text: string }) => heard.push(text));
  await soon(() => expect(socket.connected).toBe(true));
  return { socket, heard };
}

const tell = ({ server }: Node, socket: Socket, text: string): void => {
  const line = { id: 't', speaker: 'assistant', text, final: true, language: 'en', atMs: 0 } as const;
  server.sockets.sockets.get(socket.id ?? '')?.emit('transcript', line);
};

/** What the server says now is on a line that is broken already. */
function loseTheLine(node: Node, socket: Socket, lost: readonly string[]): void {
  const { id } = socket;
  socket.io.engine.close();
  for (const text of lost) tell(node, { id } as Socket, text);
}

/** Until the adapter has reached Redis, messages cannot be told again. */
async function talkFirst(node: Node, socket: Socket, heard: string[]): Promise<void> {
  let said = 0;
  await soon(() => {
    said += 1;
    tell(node, socket, `first ${said}`);
    expect(heard.length).toBeGreaterThan(2);
  }, LIMIT_MS);
  await soon(() => expect(heard).toHaveLength(said));
  heard.length = 0;
}

describe('a socket that was lost', () => {
  test('is told, once, what was said while nobody knew', async () => {
    const node = await startNode();
    const { socket, heard } = await visit(node);
    tell(node, socket, 'first');
    await soon(() => expect(heard).toEqual(['first']));
    loseTheLine(node, socket, ['second', 'third']);
    await soon(() => expect(heard).toEqual(['first', 'second', 'third']));
    expect(socket.recovered).toBe(true);
    tell(node, socket, 'fourth');
    await soon(() => expect(heard.at(-1)).toBe('fourth'));
    expect(heard).toHaveLength(4);
  });

  test('is recovered by one of two sockets that try; the other one hears what is said from now on, too', async () => {
    const node = await startNode();
    const { socket, heard } = await visit(node);
    tell(node, socket, 'first');
    await soon(() => expect(heard).toEqual(['first']));
    const { _pid, _lastOffset } = socket as unknown as { _pid: string; _lastOffset: string };
    socket.io.reconnection(false);
    socket.io.engine.close();
    const again = async (): Promise<Socket> => {
      const next = io(node.url, { ...socket.io.opts, auth: socket.auth, autoConnect: false });
      sockets.push(Object.assign(next, { _pid, _lastOffset }));
      await new Promise<void>((resolve) => next.connect().once('connect', () => resolve()));
      return next;
    };
    let recovering = await again();
    // Until the server has missed the one of before there is nothing to recover.
    while (!recovering.recovered) recovering = await again();
    const other = await again();
    expect(other.recovered).toBe(false);
    recovering.disconnect();
    await soon(() => expect(node.server.sockets.sockets.has(recovering.id ?? '')).toBe(false));
    const told = new Promise((resolve) => other.once('transcript', resolve));
    tell(node, other, 'second');
    expect(await told).toMatchObject({ text: 'second' });
  });

  test('must be let in again: a token that holds no more does not recover', async () => {
    const node = await startNode();
    const { socket, heard } = await visit(node);
    tell(node, socket, 'first');
    await soon(() => expect(heard).toEqual(['first']));
    socket.auth = { token: 'nonsense' };
    const refused = new Promise<string>((resolve) => {
      socket.on('connect_error', (error) => resolve((error as Error & { data: { code: string } }).data.code));
    });
    socket.io.engine.close();
    expect(await refused).toBe('SESSION_TOKEN_INVALID');
  });

  test('must come back to its own session', async () => {
    const node = await startNode();
    const { socket, heard } = await visit(node);
    tell(node, socket, 'first');
    await soon(() => expect(heard).toEqual(['first']));
    const other = sessions.open({ siteKey: 'demo', language: 'en' });
    socket.auth = { token: (await tokens.issue(other.id)).token };
    const refused = new Promise<string>((resolve) => {
      socket.on('connect_error', (error) => resolve((error as Error & { data: { code: string } }).data.code));
    });
    socket.io.engine.close();
    expect(await refused).toBe('SESSION_TOKEN_INVALID');
  });
});

describe.skipIf(ownRedisMissing)('a socket that was lost, with two servers and one Redis', () => {
  let redis: RedisServer;
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(() => redis.close());

  test('is told on the other server what it has missed on the first', async () => {
    const [one, other] = [await startNode(redis.url), await startNode(redis.url)];
    const { socket, heard } = await visit(one);
    await talkFirst(one, socket, heard);
    // The balancer sends it to the other one.
    Object.assign(socket.io, { uri: other.url });
    loseTheLine(one, socket, ['second', 'third']);
    await soon(() => expect(heard).toEqual(['second', 'third']), LIMIT_MS);
    expect(socket.recovered).toBe(true);
    tell(other, socket, 'fourth');
    await soon(() => expect(heard).toEqual(['second', 'third', 'fourth']));
  });

  test('is told it, whatever another server’s clock says', async () => {
    const ahead = { ...clock, epochMs: () => clock.epochMs() + 600_000 };
    const [one, other] = [await startNode(redis.url), await startNode(redis.url, ahead)];
    const { socket, heard } = await visit(one);
    const { socket: stranger } = await visit(other);
    await talkFirst(one, socket, heard);
    socket.io.reconnection(false);
    loseTheLine(one, socket, ['second', 'third']);
    const told = new Promise((resolve) => stranger.once('transcript', resolve));
    tell(other, stranger, 'to somebody else');
    await told;
    socket.connect();
    await soon(() => expect(heard).toEqual(['second', 'third']), LIMIT_MS);
    expect(socket.recovered).toBe(true);
  });

  test('Redis frozen, gone and back: every socket hears everything in order, and nothing crashes', async () => {
    const node = await startNode(redis.url);
    const { socket, heard } = await visit(node);
    const said: string[] = [];
    const say = (text: string): void => {
      said.push(text);
      tell(node, socket, text);
    };
    say('before');
    redis.freeze();
    for (let n = 0; n < 5; n += 1) say(`frozen ${n}`);
    await soon(() => expect(heard).toEqual(said), LIMIT_MS);
    redis.thaw();
    say('thawed');
    await redis.stop();
    for (let n = 0; n < 5; n += 1) say(`gone ${n}`);
    await soon(() => expect(heard).toEqual(said), LIMIT_MS);
    socket.io.engine.close();
    await soon(() => expect(socket.connected).toBe(true), LIMIT_MS);
    await redis.start();
    say('back');
    await soon(() => expect(heard).toEqual(said), LIMIT_MS);
  });
});

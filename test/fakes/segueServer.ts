/** A server that speaks the widget's side of the contract as a test wants it, on another origin than the page. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { createWorker, type types } from 'mediasoup';
import { Server, type Socket } from 'socket.io';
import { ERRORS, type ErrorCode } from '../../shared/errors.ts';
import type {
  ClientToServer,
  InputOffer,
  ServerToClient,
  SessionRequest,
  Transcript,
} from '../../shared/events.ts';
import type { Result } from '../../shared/result.ts';
import { EchoRoom } from './echoRoom.ts';

const CLIENT_DIR = join(import.meta.dirname, '../../dist/client');
const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.html': 'text/html; charset=utf-8',
};

export type FakeServerOptions = {
  voice?: boolean;
  /** mediasoup worker for real media; without it every call is in writing. */
  workerBin?: string | null;
};

type Received = { name: keyof ClientToServer; request: unknown };
type FakeSocket = Socket<ClientToServer, ServerToClient>;

export class FakeSegueServer {
  readonly sessions: SessionRequest[] = [];
  readonly received: Received[] = [];
  /** All that was said: a page that attaches is told. */
  readonly lines: Transcript[] = [];
  /** Scripts and other files beside the client's, by path. */
  readonly files = new Map<string, string | Buffer>();
  /** Answer the next matching message or session with this error instead. */
  readonly refusals = new Map<string, ErrorCode>();
  /** No socket gets through. */
  away = false;
  /** No sound gets through to where it sends devices. */
  soundless = false;
  readonly #http: HttpServer;
  readonly #io: Server<ClientToServer, ServerToClient>;
  readonly #options: FakeServerOptions;
  readonly #worker: Promise<types.Worker> | null;
  readonly #rooms = new Map<FakeSocket, EchoRoom>();
  #offered: InputOffer | null = null;
  readonly #waiting: { name: string; resolve: (request: unknown) => void }[] = [];

  private constructor(http: HttpServer, options: FakeServerOptions) {
    this.#http = http;
    this.#options = options;
    const { workerBin } = options;
    this.#worker = workerBin ? createWorker({ workerBin, logLevel: 'error' }) : null;
    this.#io = new Server(http, {
      path: '/v1/socket',
      serveClient: false,
      cors: { origin: '*' },
      allowRequest: (_request, allow) => allow(null, !this.away),
    });
    this.#io.use((_socket, next) => {
      const code = this.#refusal('connect');
      next(code ? Object.assign(new Error(code), { data: wireError(code) }) : undefined);
    });
    this.#io.on('connection', (socket) => this.#serve(socket));
  }

  static async start(options: FakeServerOptions = {}): Promise<FakeSegueServer> {
    const http = createServer();
    const server = new FakeSegueServer(http, options);
    http.on('request', (request, response) => {
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('access-control-allow-headers', 'content-type');
      const path = new URL(request.url ?? '/', 'http://x').pathname;
      if (path.startsWith('/v1/socket')) return;
      if (request.method === 'OPTIONS') return void response.writeHead(204).end();
      if (path === '/v1/sessions') {
        let body = '';
        request.on('data', (chunk) => {
          body += chunk;
        });
        request.on('end', () => {
          const { status, answer } = server.#openSession(JSON.parse(body));
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
        });
        return;
      }
      const script = server.files.get(path);
      if (script !== undefined) {
        return void response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
      }
      const file = join(CLIENT_DIR, path);
      if (!existsSync(file)) return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' });
      response.end(readFileSync(file));
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  tell<Name extends keyof ServerToClient>(name: Name, ...args: Parameters<ServerToClient[Name]>): void {
    this.#io.emit(name, ...(args as never));
  }

  say(line: Partial<Transcript> & { id: string; text: string }): void {
    const said = { speaker: 'assistant', final: true, language: 'en', atMs: 1000, ...line } as const;
    this.lines.push(said);
    this.tell('transcript', said);
  }

  offer(offer: InputOffer | null): void {
    this.#offered = offer;
    this.tell('input.offer', offer);
  }

  /** Cuts every socket's transport, as a lost network does. */
  cut(): void {
    for (const socket of this.#io.sockets.sockets.values()) socket.conn.close();
  }

  get connected(): number {
    return this.#io.sockets.sockets.size;
  }

  /** The next message of that name, or one that has come already and was not taken. */
  async next<T = Record<string, unknown>>(name: keyof ClientToServer): Promise<T> {
    const at = this.received.findIndex((message) => message.name === name);
    if (at >= 0) return this.received.splice(at, 1)[0]?.request as T;
    return (await new Promise<unknown>((resolve) => this.#waiting.push({ name, resolve }))) as T;
  }

  /** From now on no sound gets through, and its end is gone. */
  blockSound(): void {
    this.soundless = true;
    for (const room of this.#rooms.values()) room.close();
    this.#rooms.clear();
    this.tell('media.lost', {});
  }

  /** Packets of the caller's voice that have arrived at the router. */
  async packets(): Promise<number> {
    const counts = await Promise.all([...this.#rooms.values()].map((room) => room.packets()));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** As it was in the beginning, for the next visitor. */
  forget(): void {
    this.#waiting.length = 0;
    this.received.length = 0;
    this.sessions.length = 0;
    this.files.clear();
    this.refusals.clear();
    this.away = false;
    this.soundless = false;
    this.#offered = null;
  }

  async close(): Promise<void> {
    for (const room of this.#rooms.values()) room.close();
    (await this.#worker)?.close();
    await this.#io.close();
  }

  #openSession(request: SessionRequest): { status: number; answer: unknown } {
    const code = this.#refusal('session');
    if (code) return { status: ERRORS[code].status, answer: { error: wireError(code) } };
    this.sessions.push(request);
    const language = request.lang === 'auto' ? 'en' : request.lang;
    const voice = this.#options.voice ?? true;
    const expiresAt = Date.now() + 60_000;
    return { status: 200, answer: { sessionId: 'ses_1', token: 'token', expiresAt, language, voice } };
  }

  #serve(socket: FakeSocket): void {
    socket.onAny(
      async (name: keyof ClientToServer, request: unknown, ack: (result: Result<unknown>) => void) => {
        const waiting = this.#waiting.findIndex((one) => one.name === name);
        if (waiting >= 0) this.#waiting.splice(waiting, 1)[0]?.resolve(request);
        else this.received.push({ name, request });
        const code = this.#refusal(name);
        if (code) return ack({ ok: false, error: wireError(code) });
        try {
          ack({ ok: true, data: (await this.#answer(socket, name, request)) ?? null });
        } catch (error) {
          console.error(error);
          ack({ ok: false, error: wireError('INTERNAL') });
        }
      },
    );
    socket.on('disconnect', () => {
      this.#rooms.get(socket)?.close();
      this.#rooms.delete(socket);
    });
  }

  async #answer(socket: FakeSocket, name: keyof ClientToServer, request: unknown): Promise<unknown> {
    const room = this.#rooms.get(socket);
    switch (name) {
      case 'call.start':
        this.lines.length = 0;
        return { callId: 'call_1', language: 'en', media: await this.#media(socket, request) };
      case 'media.renew':
        return await this.#media(socket, { media: true });
      case 'call.attach': {
        const media = await this.#media(socket, request);
        for (const other of this.#io.sockets.sockets.values()) {
          if (other !== socket) other.emit('call.taken', {});
        }
        socket.emit('session.token', { token: 'renewed', expiresAt: Date.now() + 60_000 });
        const lines = this.lines;
        const state = { state: 'live', lines, offer: this.#offered, atMs: 65_000 };
        return { callId: 'call_1', language: 'en', media, ...state };
      }
      case 'transport.connect':
        return room?.connect(request as never);
      case 'media.produce':
        return room?.produce(request as never);
      case 'media.consume':
        return room?.consume(request as never);
      case 'text.send':
        return { id: 'turn_1' };
      default:
        return null;
    }
  }

  async #media(socket: FakeSocket, request: unknown): Promise<EchoRoom['media'] | null> {
    if (!(request as { media: boolean }).media || !this.#worker) return null;
    this.#rooms.get(socket)?.close();
    const opened = await EchoRoom.open(await this.#worker);
    this.#rooms.set(socket, opened);
    return this.soundless ? opened.unreachable : opened.media;
  }

  #refusal(name: string): ErrorCode | undefined {
    const code = this.refusals.get(name);
    this.refusals.delete(name);
    return code;
  }
}

function wireError(code: ErrorCode): { code: ErrorCode; message: string; retryable: boolean } {
  return { code, message: ERRORS[code].message, retryable: ERRORS[code].retryable };
}

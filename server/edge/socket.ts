import type { Server as HttpServer } from 'node:http';
import { type DefaultEventsMap, Server, type ServerOptions, type Socket } from 'socket.io';
import type { Clock } from '../../shared/clock.ts';
import { type ErrorCode, SegueError } from '../../shared/errors.ts';
import type { ClientToServer, ServerToClient } from '../../shared/events.ts';
import type { Result } from '../../shared/result.ts';
import { clientMessages } from '../../shared/schemas.ts';
import type { Calls } from '../call/calls.ts';
import type { DeviceLine } from '../call/deviceLine.ts';
import type { Session } from '../context/session.ts';
import type { Sessions } from '../context/sessions.ts';
import type { Log } from '../telemetry/log.ts';
import { CallDoor } from './callDoor.ts';
import type { Origins } from './origins.ts';
import { RateLimit } from './rateLimit.ts';
import { recoverOnce } from './recoverOnce.ts';
import type { SessionTokens } from './sessionToken.ts';

export const SOCKET_PATH = '/v1/socket';

/** Larger than any honest message: the context patch of 32 KiB in its envelope. */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** A talkative page stays far below; a client this far over is cut off. */
const MESSAGES = { burst: 60, perSecond: 20 } as const;
/** Each is a turn that has to be answered and kept; nobody writes faster for long. */
const WRITTEN = { burst: 60, perSecond: 2 } as const;
const REFUSALS_BEFORE_DISCONNECT = 200;

/** What a device may call its line. */
const LINE = /^[\w-]{8,64}$/;

/**
 * Longer than a server counts as alive that is not, and until it is known that one is which cannot be asked: nobody waits
 * with a closed door for the rest of its lease.
 */
const TAKE_OVER_WAIT_MS = 5_000;
/** The call does not come here: its device tries again, and may come to where it is, or where it can go on. */
const ELSEWHERE: ReadonlySet<ErrorCode> = new Set(['SHUTTING_DOWN', 'NODE_UNREACHABLE', 'MEDIA_UNAVAILABLE']);

/** A lost socket that comes back within this time is told what it has missed. */
const RECOVERY_MS = 120_000;

/** Crosses to other servers with a lost socket. */
type SocketData = { sessionId: string };
type CallSocket = Socket<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>;
export type SocketServer = Server<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>;

export type SocketParts = {
  calls: Calls;
  sessions: Sessions;
  tokens: SessionTokens;
  origins: Origins;
  clock: Clock;
  log: Log;
  /** Resolves when what was said so far is durable. */
  written?: () => Promise<void>;
  /** Whether a caller of a site can ask to be called back. */
  callsBack?: (siteKey: string) => boolean;
  /** What joins the sockets of several servers; in memory for one. */
  adapter?: ServerOptions['adapter'] | undefined;
};

/** The socket's side of the edge: who may connect, one parsed message after the other, an answer to each. */
export function attachSocket(http: HttpServer, parts: SocketParts): SocketServer {
  const server: SocketServer = new Server(http, {
    path: SOCKET_PATH,
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    cors: { origin: (origin, allow) => allow(null, parts.origins.allowsSomewhere(origin)) },
    pingInterval: 10_000,
    pingTimeout: 8_000,
    connectionStateRecovery: { maxDisconnectionDuration: RECOVERY_MS, skipMiddlewares: false },
    ...(parts.adapter && { adapter: parts.adapter }),
  });
  // Redis hands a lost socket out once by itself.
  if (!parts.adapter) recoverOnce(server.of('/').adapter);
  const sessions = new WeakMap<CallSocket, Session>();
  server.use((socket, next) => {
    // Its line breaks, and it tries again: by then this server is gone, or another one answers.
    if (parts.calls.leaving) return void socket.conn.close();
    authorise(socket, parts).then(
      (session) => {
        sessions.set(socket, session);
        next();
      },
      (thrown: unknown) => next(connectError(SegueError.from(thrown))),
    );
  });
  server.on('connection', (socket) => {
    const session = sessions.get(socket);
    if (session) serve(socket, session, parts);
  });
  return server;
}

/** Whose socket it is. One that comes back is asked as a new one is, and must come back to its own session. */
async function authorise(socket: CallSocket, parts: SocketParts): Promise<Session> {
  const { token, line } = handshakeOf(socket);
  const session = await parts.sessions.find(await parts.tokens.verify(token));
  parts.origins.check(session.siteKey, socket.handshake.headers.origin);
  if (socket.recovered && socket.data.sessionId !== session.id) throw new SegueError('SESSION_TOKEN_INVALID');
  socket.data.sessionId = session.id;
  // Its call may be one of a process that is gone. What keeps it from going on is told when the device asks for it.
  const claimant = { line, insists: false };
  await parts.calls.resumeSoon(session.id, claimant, TAKE_OVER_WAIT_MS).catch((thrown: unknown) => {
    const error = SegueError.from(thrown);
    if (ELSEWHERE.has(error.code)) throw error;
    parts.log.warn({ sessionId: session.id, code: error.code }, 'a call could not go on');
  });
  return session;
}

function handshakeOf(socket: CallSocket): { token?: unknown; line: DeviceLine | null } {
  const auth: unknown = socket.handshake.auth;
  const { token, line, attempt } = (typeof auth === 'object' && auth !== null ? auth : {}) as Record<
    string,
    unknown
  >;
  if (typeof line !== 'string' || !LINE.test(line)) return { token, line: null };
  return { token, line: { id: line, attempt: Number.isSafeInteger(attempt) ? (attempt as number) : 0 } };
}

/** socket.io hands `data` to the client's `connect_error`. */
function connectError(error: SegueError): Error {
  return Object.assign(new Error(error.message), { data: error.toWire() });
}

function serve(socket: CallSocket, session: Session, parts: SocketParts): void {
  const tell = (name: string, message: unknown) => {
    (socket.emit as (name: string, message: unknown) => void)(name, message);
  };
  const { line } = handshakeOf(socket);
  const door = new CallDoor(session, { ...parts, line }, tell);
  const all = new RateLimit(parts.clock, MESSAGES.burst, MESSAGES.perSecond);
  const written = new RateLimit(parts.clock, WRITTEN.burst, WRITTEN.perSecond);
  const allows = (name: string) => all.take() && (name !== 'text.send' || written.take());
  let refusals = 0;

  socket.onAny((name: string, ...args: unknown[]) => {
    const ack = args.at(-1);
    const answer = (result: Result<unknown>): void => {
      if (typeof ack === 'function') ack(result);
    };
    const run = async (): Promise<unknown> => {
      if (!allows(name)) {
        refusals += 1;
        if (refusals > REFUSALS_BEFORE_DISCONNECT) socket.disconnect(true);
        throw new SegueError('RATE_LIMITED');
      }
      return await dispatch(door, name, args[0]);
    };
    run().then(
      (data) => {
        answer({ ok: true, data: data ?? null });
        door.answered(name);
      },
      (thrown: unknown) => {
        const error = SegueError.from(thrown);
        if (error.code === 'INTERNAL') parts.log.error({ err: error.cause, message: name }, 'message failed');
        answer({ ok: false, error: error.toWire() });
      },
    );
  });
  // A page that is left says goodbye; a line that is lost says nothing.
  socket.on('disconnect', (reason) => door.leave(reason === 'client namespace disconnect'));
}

async function dispatch(door: CallDoor, name: string, request: unknown): Promise<unknown> {
  if (!Object.hasOwn(clientMessages, name)) throw new SegueError('BAD_REQUEST', 'Unknown message.');
  const known = name as keyof typeof clientMessages;
  const parsed = clientMessages[known].safeParse(typeof request === 'function' ? {} : (request ?? {}));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new SegueError('BAD_REQUEST', `${issue?.path.join('.')}: ${issue?.message}`);
  }
  return await (door.handlers[known] as (request: unknown) => Promise<unknown>)(parsed.data);
}

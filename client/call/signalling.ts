import { io, type Socket } from 'socket.io-client';
import { systemClock } from '../../shared/clock.ts';
import type { Ack, ClientToServer, ServerToClient } from '../../shared/events.ts';
import type { Result } from '../../shared/result.ts';
import { ATTEMPT_MS, type Attempts, FIRST_MS, paceAttempts } from './attempts.ts';
import { CallError } from './callError.ts';
import { Handshake } from './handshake.ts';

const ANSWER_LIMIT_MS = 10_000;
const CONNECT_LIMIT_MS = 10_000;
/** The quickest of so many answers took the time of the way; the others the server's, too. */
const LATELY = 8;

type RequestOf<Name extends keyof ClientToServer> = Parameters<ClientToServer[Name]>[0];
type AnswerOf<Name extends keyof ClientToServer> =
  Parameters<ClientToServer[Name]>[1] extends Ack<infer Value> ? Value : never;

export type Signalling = {
  readonly connected: boolean;
  /** Sends one message of the contract; rejects with the `CallError` that the server answers. */
  request<Name extends keyof ClientToServer>(
    name: Name,
    request: RequestOf<Name>,
    limitMs?: number,
  ): Promise<AnswerOf<Name>>;
  /** How soon answers come lately at best, in milliseconds; 0 before the first one. */
  readonly roundTripMs: number;
  /** Sends without waiting, if the line is there. */
  send<Name extends keyof ClientToServer>(name: Name, request: RequestOf<Name>): void;
  on: Socket<ServerToClient, ClientToServer>['on'];
  /** The line has dropped; socket.io is trying to get it back. */
  onLost(listener: () => void): void;
  /** It is back. */
  onBack(listener: () => void): void;
  /** The server does not take the line back, and will not. */
  onRefused(listener: (error: CallError) => void): void;
  /** For the next time the line has to be opened. */
  useToken(token: string): void;
  /** The line is dead although nobody has told it: connect anew, now. */
  wake(): void;
  /** The network is back: connect now, if there is no line. */
  hurry(): void;
  /** Nobody listens any more: for the last word before the line is closed. */
  quiet(): void;
  close(): void;
};

/**
 * Opens the socket of one session: WebSocket first, long polling where that is blocked. `patienceMs`: a call waits on the
 * server, so for that long it is tried again, whatever the server says that may pass.
 */
export function connectSignalling(
  serverUrl: string,
  token: string,
  signal: AbortSignal,
  patienceMs = 0,
): Promise<Signalling> {
  const url = new URL(serverUrl);
  const handshake = new Handshake(token);
  const path = `${url.pathname.replace(/\/$/, '')}/v1/socket`;
  const socket: Socket<ServerToClient, ClientToServer> = io(url.origin, {
    path,
    auth: handshake.give,
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    forceNew: true,
    timeout: CONNECT_LIMIT_MS,
    reconnectionDelay: FIRST_MS,
    reconnectionDelayMax: FIRST_MS,
  });
  const attempts = paceAttempts(socket.io, {
    clock: systemClock,
    reach: () => reach(`${url.origin}${path}/`),
    connect: () => socket.disconnect().connect(),
  });
  return new Promise((resolve, reject) => {
    const limitMs = Math.max(CONNECT_LIMIT_MS, patienceMs);
    const limit = setTimeout(() => fail(CallError.of('NETWORK_UNREACHABLE')), limitMs);
    const cancel = () => fail(CallError.of('CALL_CANCELLED'));
    const fail = (error: CallError) => {
      settle();
      attempts.rest();
      socket.disconnect();
      reject(error);
    };
    const settle = () => {
      clearTimeout(limit);
      signal.removeEventListener('abort', cancel);
      socket.off('connect_error', refused);
    };
    const refused = (error: Error & { data?: unknown }) => {
      // With data: the server has refused. Without: the network; socket.io goes on trying until the limit.
      if (!error.data) return;
      const refusal = CallError.fromBody(error.data);
      if (patienceMs > 0 && refusal.passes) attempts.later();
      else fail(refusal);
    };
    socket.on('connect_error', refused);
    socket.once('connect', () => {
      settle();
      socket.io.timeout(ATTEMPT_MS);
      resolve(wrap(socket, attempts, handshake));
    });
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel);
  });
}

function wrap(
  socket: Socket<ServerToClient, ClientToServer>,
  attempts: Attempts,
  handshake: Handshake,
): Signalling {
  // The message names are typed at this seam; socket.io's own overloads cannot follow a generic name.
  const raw = socket as unknown as Socket;
  const lately: number[] = [];
  const hurry = () => {
    if (!raw.connected) attempts.hurry();
  };
  return {
    async request(name, request, limitMs = ANSWER_LIMIT_MS) {
      let result: Result<never>;
      try {
        const sentAtMs = performance.now();
        result = await raw.timeout(limitMs).emitWithAck(name, request);
        lately.unshift(performance.now() - sentAtMs);
        lately.splice(LATELY);
      } catch (error) {
        throw CallError.of('NETWORK_UNREACHABLE', error);
      }
      if (!result.ok) throw new CallError(result.error);
      return result.data;
    },
    get connected() {
      return raw.connected;
    },
    get roundTripMs() {
      return lately.length === 0 ? 0 : Math.min(...lately);
    },
    send(name, request) {
      if (raw.connected) raw.emit(name, request, () => {});
    },
    on: socket.on.bind(socket),
    onLost(listener) {
      raw.on('disconnect', listener);
    },
    onBack(listener) {
      raw.on('connect', listener);
    },
    onRefused(listener) {
      raw.on('connect_error', (error: Error & { data?: unknown }) => {
        if (!error.data) return;
        const refusal = CallError.fromBody(error.data);
        if (refusal.passes) attempts.later();
        else listener(refusal);
      });
    },
    useToken(token) {
      handshake.token = token;
    },
    wake() {
      if (!raw.connected) return;
      raw.io.engine.close();
      hurry();
    },
    hurry,
    quiet() {
      raw.removeAllListeners();
    },
    close() {
      attempts.rest();
      raw.removeAllListeners();
      raw.disconnect();
    },
  };
}

/** Whatever the server answers, it is there. */
function reach(address: string): Promise<Response> {
  const signal = AbortSignal.timeout(ATTEMPT_MS);
  return fetch(address, { method: 'HEAD', mode: 'no-cors', cache: 'no-store', signal });
}

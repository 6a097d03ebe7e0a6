import type { types as media } from 'mediasoup-client';
import { io, type Socket } from 'socket.io-client';
import type {
  Ack,
  CallStarted,
  ClientToServer,
  ConsumerParameters,
  ServerToClient,
  SpeechHint,
} from '../../shared/events.ts';
import type { Result } from '../../shared/result.ts';
import { CallError } from './callError.ts';
import type { MediaSignalling } from './peer.ts';

const LIMIT_MS = 10_000;

type Name = keyof ClientToServer;
type Request<Message extends Name> = Parameters<ClientToServer[Message]>[0];
type Answer<Message extends Name> =
  Parameters<ClientToServer[Message]>[1] extends Ack<infer Value> ? Value : never;

/** The socket of one call, message by message as the widget sends them. Every request may reject with CallError. */
export class Signalling implements MediaSignalling {
  readonly #socket: Socket<ServerToClient, ClientToServer>;

  private constructor(socket: Socket<ServerToClient, ClientToServer>) {
    this.#socket = socket;
  }

  static async connect(url: string, origin: string, token: string): Promise<Signalling> {
    const socket: Socket<ServerToClient, ClientToServer> = io(url, {
      path: '/v1/socket',
      auth: { token },
      extraHeaders: { origin },
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      timeout: LIMIT_MS,
    });
    return new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(new Signalling(socket)));
      socket.once('connect_error', (error: Error & { data?: { code?: string } }) => {
        socket.close();
        reject(new CallError(error.data?.code ?? 'unreachable', error.message));
      });
    });
  }

  on<Message extends keyof ServerToClient>(name: Message, listener: ServerToClient[Message]): void {
    this.#socket.on(name, listener as never);
  }

  onLost(listener: (why: string) => void): void {
    this.#socket.on('disconnect', listener);
  }

  startCall(language: string | undefined, { media = true } = {}): Promise<CallStarted> {
    return this.#ask('call.start', { media, ...(language ? { language } : {}) });
  }

  async connectTransport(transportId: string, dtlsParameters: media.DtlsParameters): Promise<void> {
    await this.#ask('transport.connect', { transportId, dtlsParameters });
  }

  async produce(rtpParameters: media.RtpParameters): Promise<void> {
    await this.#ask('media.produce', { rtpParameters });
  }

  consume(rtpCapabilities: media.RtpCapabilities): Promise<ConsumerParameters> {
    return this.#ask('media.consume', { rtpCapabilities });
  }

  async ready(): Promise<void> {
    await this.#ask('media.ready', {});
  }

  async sendText(text: string): Promise<void> {
    await this.#ask('text.send', { text });
  }

  /** Needs no answer: a hint that is late is worth nothing. */
  hint(hint: SpeechHint): void {
    this.#socket.emit('hint.speech', hint, () => {});
  }

  async hangUp(): Promise<void> {
    await this.#ask('call.hangUp', {});
  }

  close(): void {
    this.#socket.close();
  }

  async #ask<Message extends Name>(name: Message, request: Request<Message>): Promise<Answer<Message>> {
    const result: Result<Answer<Message>> = await this.#socket
      .timeout(LIMIT_MS)
      .emitWithAck(name, ...([request] as never))
      .catch(() => {
        throw new CallError('unanswered', `The server did not answer ${name}.`);
      });
    if (!result.ok) throw CallError.fromWire(result.error);
    return result.data;
  }
}

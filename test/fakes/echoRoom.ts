/** A real mediasoup router in which the caller hears themselves. */
import type { types } from 'mediasoup';
import type {
  CallStarted,
  ClientToServer,
  ConsumerParameters,
  TransportParameters,
} from '../../shared/events.ts';

type Request<Name extends keyof ClientToServer> = Parameters<ClientToServer[Name]>[0];

/** RFC 863. */
const DISCARD_PORT = 9;

export class EchoRoom {
  readonly media: NonNullable<CallStarted['media']>;
  readonly #router: types.Router;
  readonly #send: types.WebRtcTransport;
  readonly #recv: types.WebRtcTransport;
  #producer: Promise<types.Producer>;
  #onProducer: (producer: types.Producer) => void = () => {};

  private constructor(router: types.Router, send: types.WebRtcTransport, recv: types.WebRtcTransport) {
    this.#router = router;
    this.#send = send;
    this.#recv = recv;
    this.#producer = new Promise((resolve) => {
      this.#onProducer = resolve;
    });
    this.media = {
      routerRtpCapabilities: router.rtpCapabilities as never,
      send: parametersOf(send),
      recv: parametersOf(recv),
      iceServers: [],
    };
  }

  static async open(worker: types.Worker): Promise<EchoRoom> {
    const router = await worker.createRouter({
      mediaCodecs: [{ kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 }],
    });
    const transport = () =>
      router.createWebRtcTransport({ listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }] });
    return new EchoRoom(router, await transport(), await transport());
  }

  /** The same at ports where nobody listens. */
  get unreachable(): EchoRoom['media'] {
    const elsewhere = ({ iceCandidates, ...rest }: TransportParameters): TransportParameters => ({
      ...rest,
      iceCandidates: iceCandidates.map((candidate) => ({ ...candidate, port: DISCARD_PORT })),
    });
    const { send, recv, ...rest } = this.media;
    return { ...rest, send: elsewhere(send), recv: elsewhere(recv) };
  }

  async connect({ transportId, dtlsParameters }: Request<'transport.connect'>): Promise<null> {
    const transport = transportId === this.#send.id ? this.#send : this.#recv;
    await transport.connect({ dtlsParameters: dtlsParameters as types.DtlsParameters });
    return null;
  }

  async produce({ rtpParameters }: Request<'media.produce'>): Promise<{ producerId: string }> {
    const producer = await this.#send.produce({
      kind: 'audio',
      rtpParameters: rtpParameters as types.RtpParameters,
    });
    this.#onProducer(producer);
    return { producerId: producer.id };
  }

  async consume({ rtpCapabilities }: Request<'media.consume'>): Promise<ConsumerParameters> {
    const { id: producerId } = await this.#producer;
    const consumer = await this.#recv.consume({
      producerId,
      rtpCapabilities: rtpCapabilities as types.RtpCapabilities,
    });
    return {
      id: consumer.id,
      producerId,
      kind: 'audio',
      rtpParameters: consumer.rtpParameters as ConsumerParameters['rtpParameters'],
    };
  }

  async packets(): Promise<number> {
    const [stats] = await (await this.#producer).getStats();
    return stats?.packetCount ?? 0;
  }

  close(): void {
    this.#router.close();
  }
}

function parametersOf(transport: types.WebRtcTransport): TransportParameters {
  const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
  return { id, iceParameters, iceCandidates, dtlsParameters } as TransportParameters;
}

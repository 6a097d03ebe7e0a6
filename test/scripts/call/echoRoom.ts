import { existsSync } from 'node:fs';
import type { types } from 'mediasoup';
import { createWorker, version } from 'mediasoup';
import type { MediaSignalling } from '../../../scripts/call/peer.ts';
import { userCacheDir, workerBinary } from '../../../shared/cache.ts';
import type { CallStarted, ConsumerParameters, TransportParameters } from '../../../shared/events.ts';

export const OPUS: types.RouterRtpCodecCapability = {
  kind: 'audio',
  mimeType: 'audio/opus',
  clockRate: 48_000,
  channels: 2,
  preferredPayloadType: 100,
};

/** Path of the worker binary, or null with the reason printed. */
export function mediaWorker(): string | null {
  const binary = process.env.MEDIASOUP_WORKER_BIN ?? workerBinary(userCacheDir(), version);
  if (existsSync(binary)) return binary;
  console.warn(`skipped: no mediasoup worker at ${binary}`);
  return null;
}

/** A real mediasoup router in which a peer hears itself; in place of the server it answers the peer's messages. */
export class EchoRoom implements MediaSignalling {
  readonly transports: NonNullable<CallStarted['media']>;
  readonly #worker: types.Worker;
  readonly #up: types.WebRtcTransport;
  readonly #down: types.WebRtcTransport;
  readonly #produced = Promise.withResolvers<types.Producer>();

  private constructor(worker: types.Worker, up: types.WebRtcTransport, down: types.WebRtcTransport) {
    this.#worker = worker;
    this.#up = up;
    this.#down = down;
    this.transports = {
      routerRtpCapabilities: { codecs: [], headerExtensions: [] },
      send: parametersOf(up),
      recv: parametersOf(down),
      iceServers: [],
    };
  }

  static async open(workerBin: string): Promise<EchoRoom> {
    const worker = await createWorker({ workerBin, logLevel: 'warn' });
    const webRtcServer = await worker.createWebRtcServer({
      listenInfos: [{ protocol: 'udp', ip: '127.0.0.1', port: 0 }],
    });
    const router = await worker.createRouter({ mediaCodecs: [OPUS] });
    const [up, down] = await Promise.all([
      router.createWebRtcTransport({ webRtcServer }),
      router.createWebRtcTransport({ webRtcServer }),
    ]);
    return new EchoRoom(worker, up, down);
  }

  async connectTransport(id: string, dtlsParameters: types.DtlsParameters): Promise<void> {
    await (id === this.#up.id ? this.#up : this.#down).connect({ dtlsParameters });
  }

  async produce(rtpParameters: types.RtpParameters): Promise<void> {
    this.#produced.resolve(await this.#up.produce({ kind: 'audio', rtpParameters }));
  }

  async consume(rtpCapabilities: types.RtpCapabilities): Promise<ConsumerParameters> {
    const producer = await this.#produced.promise;
    const consumer = await this.#down.consume({ producerId: producer.id, rtpCapabilities });
    return {
      id: consumer.id,
      producerId: producer.id,
      kind: 'audio',
      rtpParameters: consumer.rtpParameters as ConsumerParameters['rtpParameters'],
    };
  }

  close(): void {
    this.#worker.close();
  }
}

export function parametersOf(transport: types.WebRtcTransport): TransportParameters {
  const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
  return { id, iceParameters, iceCandidates, dtlsParameters };
}

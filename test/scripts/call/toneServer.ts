import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWorker, type types } from 'mediasoup';
import { Server, type Socket } from 'socket.io';
import { RtpHeader, RtpPacket } from 'werift';
import { EnergyGate } from '../../../scripts/call/gate.ts';
import { SpeechDecoder, SpeechEncoder } from '../../../scripts/call/opus.ts';
import type { CallStarted, ClientToServer, ServerToClient } from '../../../shared/events.ts';
import { OPUS, parametersOf } from './echoRoom.ts';
import { tone } from './tone.ts';

const SSRC = 1234;
const FRAME = 320;

type Leg = { up: types.WebRtcTransport; down: types.WebRtcTransport; direct: types.DirectTransport };
type CallSocket = Socket<ClientToServer, ServerToClient>;

/**
 * The contract's other side in its simplest form, on a real mediasoup router: greets with a tone, answers each time
 * the caller has been silent for `pauseMs` with another, and falls silent when spoken over.
 */
export class ToneServer {
  readonly #http: HttpServer;
  readonly #io: Server<ClientToServer, ServerToClient>;
  readonly #worker: types.Worker;
  readonly #router: types.Router;
  readonly #webRtcServer: types.WebRtcServer;
  readonly #pauseMs: number;

  private constructor(
    worker: types.Worker,
    router: types.Router,
    webRtcServer: types.WebRtcServer,
    pauseMs: number,
  ) {
    this.#worker = worker;
    this.#router = router;
    this.#webRtcServer = webRtcServer;
    this.#pauseMs = pauseMs;
    this.#http = createServer((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ sessionId: 'ses_1', token: 't', expiresAt: 0, language: 'en', voice: true }),
      );
    });
    this.#io = new Server(this.#http, { path: '/v1/socket' });
    this.#io.on('connection', (socket) => void this.#serve(socket));
  }

  static async start(workerBin: string, { pauseMs }: { pauseMs: number }): Promise<ToneServer> {
    const worker = await createWorker({ workerBin, logLevel: 'warn' });
    const webRtcServer = await worker.createWebRtcServer({
      listenInfos: [{ protocol: 'udp', ip: '127.0.0.1', port: 0 }],
    });
    const router = await worker.createRouter({ mediaCodecs: [OPUS] });
    const server = new ToneServer(worker, router, webRtcServer, pauseMs);
    await new Promise<void>((resolve) => server.#http.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await this.#io.close();
    this.#worker.close();
  }

  async #serve(socket: CallSocket): Promise<void> {
    const transports = Promise.all([
      this.#router.createWebRtcTransport({ webRtcServer: this.#webRtcServer }),
      this.#router.createWebRtcTransport({ webRtcServer: this.#webRtcServer }),
      this.#router.createDirectTransport(),
    ]).then(([up, down, direct]): Leg => ({ up, down, direct }));
    const voice = transports.then(({ direct }) => ToneVoice.open(direct));
    let turns = 0;

    socket.on('call.start', async (_, ack) => {
      const { up, down } = await transports;
      const media = {
        routerRtpCapabilities: this.#router.rtpCapabilities,
        send: parametersOf(up),
        recv: parametersOf(down),
        iceServers: [],
      };
      ack({ ok: true, data: { callId: 'call_1', language: 'en', media } as CallStarted });
    });
    socket.on('transport.connect', async ({ transportId, dtlsParameters }, ack) => {
      const { up, down } = await transports;
      await (transportId === up.id ? up : down).connect({
        dtlsParameters: dtlsParameters as types.DtlsParameters,
      });
      ack({ ok: true, data: null });
    });
    socket.on('media.consume', async ({ rtpCapabilities }, ack) => {
      const { down } = await transports;
      const { producer } = await voice;
      const consumer = await down.consume({
        producerId: producer.id,
        rtpCapabilities: rtpCapabilities as types.RtpCapabilities,
      });
      const { id, rtpParameters } = consumer;
      ack({ ok: true, data: { id, producerId: producer.id, kind: 'audio', rtpParameters } as never });
    });
    socket.on('media.produce', async ({ rtpParameters }, ack) => {
      const { up, direct } = await transports;
      const producer = await up.produce({
        kind: 'audio',
        rtpParameters: rtpParameters as types.RtpParameters,
      });
      const { rtpCapabilities } = this.#router;
      const tap = await direct.consume({ producerId: producer.id, rtpCapabilities });
      const gate = new EnergyGate(this.#pauseMs);
      const decoder = new SpeechDecoder();
      tap.on('rtp', (packet) =>
        gate.push(decoder.decode(RtpPacket.deSerialize(packet).payload), performance.now()),
      );
      const speaker = await voice;
      gate.on('start', () => speaker.stop());
      gate.on('end', () => {
        turns++;
        const said = { final: true, language: 'en', atMs: 0 } as const;
        socket.emit('transcript', { ...said, id: `c${turns}`, speaker: 'caller', text: `heard ${turns}` });
        socket.emit('transcript', {
          ...said,
          id: `a${turns}`,
          speaker: 'assistant',
          text: `answer ${turns}`,
        });
        speaker.say(tone(1500));
      });
      ack({ ok: true, data: { producerId: producer.id } });
    });
    socket.on('media.ready', async (_, ack) => {
      ack({ ok: true, data: null });
      socket.emit('transcript', {
        id: 'a0',
        speaker: 'assistant',
        text: 'greeting',
        final: true,
        language: 'en',
        atMs: 0,
      });
      (await voice).say(tone(1500));
    });
    socket.on('call.hangUp', (_, ack) => {
      ack({ ok: true, data: null });
      socket.emit('call.state', { state: 'ended', reason: 'caller' });
    });
    socket.on('disconnect', async () => (await voice).stop());
  }
}

/** Speaks clips into a router, 50 packets a second. */
class ToneVoice {
  readonly producer: types.Producer;
  readonly #encoder = new SpeechEncoder({ dtx: false });
  #timer: NodeJS.Timeout | null = null;
  #frames = 0;

  private constructor(producer: types.Producer) {
    this.producer = producer;
  }

  static async open(direct: types.DirectTransport): Promise<ToneVoice> {
    const producer = await direct.produce({
      kind: 'audio',
      rtpParameters: {
        codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 }],
        encodings: [{ ssrc: SSRC }],
      },
    });
    return new ToneVoice(producer);
  }

  say(pcm16k: Float32Array): void {
    this.stop();
    let at = 0;
    const startMs = performance.now();
    this.#timer = setInterval(() => {
      while (at < pcm16k.length && at / 16 < performance.now() - startMs) {
        this.#send(pcm16k.subarray(at, at + FRAME));
        at += FRAME;
      }
      if (at >= pcm16k.length) this.stop();
    }, 10);
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #send(frame: Float32Array): void {
    const payload = this.#encoder.encode(frame) ?? new Uint8Array();
    const sequenceNumber = this.#frames & 0xffff;
    const timestamp = Math.round(performance.now() * 48) >>> 0;
    this.#frames++;
    const header = new RtpHeader({ ssrc: SSRC, payloadType: 100, sequenceNumber, timestamp });
    this.producer.send(new RtpPacket(header, Buffer.from(payload)).serialize());
  }
}

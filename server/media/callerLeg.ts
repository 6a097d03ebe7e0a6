import type { types } from 'mediasoup';
import { Emitter } from '../../shared/emitter.ts';
import { SegueError } from '../../shared/errors.ts';
import type { ConsumerParameters, TransportParameters } from '../../shared/events.ts';
import { mediaStep } from './mediaErrors.ts';
import { MAX_INCOMING_BITRATE } from './opusParameters.ts';
import type { RtpPacket } from './rtp.ts';
import { parseRtp } from './rtp.ts';
import type { WireDtlsParameters, WireRtpCapabilities, WireRtpParameters } from './wire.ts';
import { rtpParametersToWire } from './wire.ts';

export type CallerLegEvents = {
  /** One RTP packet of the caller's Opus. */
  packet: [packet: RtpPacket];
  /** The device's microphone can be heard. */
  produced: [producerId: string];
  /** One message on the device's data channel, as it came. */
  data: [message: Buffer];
  /** The device can hear (again): the direction to it is up. */
  audible: [];
  /** Both directions are up (again). */
  connected: [];
  /** One direction is gone: no ICE consent for 12 s, or DTLS closed. ICE may come back. */
  disconnected: [];
  /** How well the caller's audio arrives, 0 (nothing) … 10 (all). */
  quality: [score: number];
  closed: [];
};

/** A device asks for consent about every 5 s (RFC 7675, section 5.1); after two that are missed its line is gone. */
const CONSENT_TIMEOUT_S = 12;

/** The data channel carries short hints one way; a longer message breaks what the two sides agreed on. */
const MAX_DATA_BYTES = 256;
/** Room for a burst of them; the association would take megabytes by itself. */
const DATA_WINDOW_BYTES = 16_384;

type Direction = 'send' | 'recv';

/** The caller's side of a call: two WebRTC transports, the tap on what the caller says, the assistant's voice. */
export class CallerLeg extends Emitter<CallerLegEvents> {
  /** Parameters of the transport on which the device sends. */
  readonly send: TransportParameters;
  /** Parameters of the transport on which the device receives. */
  readonly recv: TransportParameters;
  readonly #transports: Record<Direction, types.WebRtcTransport>;
  readonly #tap: types.DirectTransport;
  readonly #router: types.Router;
  readonly #voiceProducerId: string;
  /** Steps are claimed when asked for, so that a second request meets them even while the first one runs. */
  readonly #claimed = new Set<string>();
  readonly #up = new Set<Direction>();
  #isConnected = false;
  #producer: types.Producer | null = null;
  #consumer: types.Consumer | null = null;
  #data: types.DataProducer | null = null;
  #closed = false;

  private constructor(
    router: types.Router,
    transports: Record<Direction, types.WebRtcTransport>,
    tap: types.DirectTransport,
    voiceProducerId: string,
  ) {
    super();
    this.#router = router;
    this.#transports = transports;
    this.#tap = tap;
    this.#voiceProducerId = voiceProducerId;
    this.send = describe(transports.send);
    this.recv = describe(transports.recv);
    this.#watch('send');
    this.#watch('recv');
  }

  static async create(
    router: types.Router,
    server: types.WebRtcServer,
    voiceProducerId: string,
  ): Promise<CallerLeg> {
    return await mediaStep(async () => {
      const made: types.Transport[] = [];
      try {
        const webRtc = async (enableSctp: boolean) => {
          const transport = await router.createWebRtcTransport({
            webRtcServer: server,
            enableUdp: true,
            enableTcp: true,
            preferUdp: true,
            iceConsentTimeout: CONSENT_TIMEOUT_S,
            initialAvailableOutgoingBitrate: MAX_INCOMING_BITRATE,
            enableSctp,
            maxReceiveMessageSize: MAX_DATA_BYTES,
            sctpMaxReceiverWindowBufferSize: DATA_WINDOW_BYTES,
          });
          made.push(transport);
          return transport;
        };
        const send = await webRtc(true);
        await send.setMaxIncomingBitrate(MAX_INCOMING_BITRATE);
        const recv = await webRtc(false);
        const tap = await router.createDirectTransport();
        made.push(tap);
        return new CallerLeg(router, { send, recv }, tap, voiceProducerId);
      } catch (error) {
        for (const transport of made) transport.close();
        throw error;
      }
    }, 'INTERNAL');
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The microphone's; null before the device sends it. */
  get producerId(): string | null {
    return this.#producer?.id ?? null;
  }

  /** The device can hear. */
  get audible(): boolean {
    return this.#up.has('recv');
  }

  /** Both directions are up. */
  get connected(): boolean {
    return this.#isConnected;
  }

  /** DTLS of one of the two transports, once each. Rejects with BAD_REQUEST or CALL_STEP_OUT_OF_ORDER. */
  async connect(transportId: string, dtlsParameters: WireDtlsParameters): Promise<void> {
    const transport = this.#transport(transportId);
    await this.#once(`connect ${transportId}`, () => transport.connect({ dtlsParameters }));
  }

  /** New credentials for one of the two transports, whose ICE then begins anew. Rejects with BAD_REQUEST. */
  async restartIce(transportId: string): Promise<{ iceParameters: types.IceParameters }> {
    const transport = this.#transport(transportId);
    return await mediaStep(async () => ({ iceParameters: await transport.restartIce() }));
  }

  /** Takes the caller's microphone and taps it. One a leg; Opus only, else MEDIA_CODEC_UNSUPPORTED. */
  async produce(rtpParameters: WireRtpParameters): Promise<{ producerId: string }> {
    this.#mustBeOpen();
    mustBeOpus(rtpParameters);
    return await this.#once('produce', async () => {
      const producer = await this.#transports.send.produce({ kind: 'audio', rtpParameters });
      try {
        await this.#listenTo(producer);
      } catch (error) {
        producer.close();
        throw error;
      }
      this.#producer = producer;
      this.emit('produced', producer.id);
      return { producerId: producer.id };
    });
  }

  /** The assistant's voice for this device, paused until `ready()`. */
  async consume(rtpCapabilities: WireRtpCapabilities): Promise<ConsumerParameters> {
    this.#mustBeOpen();
    return await this.#once('consume', async () => {
      if (!this.#router.canConsume({ producerId: this.#voiceProducerId, rtpCapabilities })) {
        throw new SegueError('MEDIA_CODEC_UNSUPPORTED');
      }
      const consumer = await this.#transports.recv.consume({
        producerId: this.#voiceProducerId,
        rtpCapabilities,
        paused: true,
      });
      this.#consumer = consumer;
      return {
        id: consumer.id,
        producerId: this.#voiceProducerId,
        kind: 'audio',
        rtpParameters: rtpParametersToWire(consumer.rtpParameters),
      };
    });
  }

  /** Takes the data channel of the device; its messages come as `data`. One a leg. */
  async openData(sctpStreamParameters: types.SctpStreamParameters): Promise<{ dataProducerId: string }> {
    this.#mustBeOpen();
    return await this.#once('data', async () => {
      const producer = await this.#transports.send.produceData({ sctpStreamParameters });
      try {
        const consumer = await this.#tap.consumeData({ dataProducerId: producer.id });
        consumer.on('message', (message) => this.emit('data', message));
      } catch (error) {
        producer.close();
        throw error;
      }
      this.#data = producer;
      return { dataProducerId: producer.id };
    });
  }

  /** The worker drops what else comes on the data channel. */
  closeData(): void {
    this.#data?.close();
    this.#data = null;
  }

  /** The worker drops what else comes of the microphone. */
  closeMicrophone(): void {
    this.#producer?.close();
    this.#producer = null;
  }

  /** The device's speaker is set up: the assistant's voice flows. */
  async ready(): Promise<void> {
    this.#mustBeOpen();
    const consumer = this.#consumer;
    if (!consumer) throw new SegueError('CALL_STEP_OUT_OF_ORDER', 'Consume before ready.');
    await this.#once('ready', () => consumer.resume());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const transport of [...Object.values(this.#transports), this.#tap]) transport.close();
    this.emit('closed');
    this.removeAllListeners();
  }

  async #listenTo(producer: types.Producer): Promise<void> {
    const consumer = await this.#tap.consume({
      producerId: producer.id,
      rtpCapabilities: this.#router.rtpCapabilities,
      paused: true,
    });
    consumer.on('rtp', (bytes) => {
      const packet = parseRtp(bytes);
      if (packet) this.emit('packet', packet);
    });
    producer.on('score', (scores) => {
      const worst = Math.min(...scores.map(({ score }) => score));
      if (Number.isFinite(worst)) this.emit('quality', worst);
    });
    await consumer.resume();
  }

  /** Claims a step, runs it, and gives it back if it fails, so that it may be tried again. */
  async #once<Value>(step: string, run: () => Promise<Value>): Promise<Value> {
    if (this.#claimed.has(step)) throw new SegueError('CALL_STEP_OUT_OF_ORDER', 'This was done before.');
    this.#claimed.add(step);
    try {
      return await mediaStep(run);
    } catch (error) {
      this.#claimed.delete(step);
      throw error;
    }
  }

  #transport(id: string): types.WebRtcTransport {
    this.#mustBeOpen();
    const transport = Object.values(this.#transports).find((one) => one.id === id);
    if (!transport) throw new SegueError('BAD_REQUEST', 'No transport of this call has this id.');
    return transport;
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new SegueError('MEDIA_TRANSPORT_FAILED', 'The audio connection is closed.');
  }

  #watch(direction: Direction): void {
    const transport = this.#transports[direction];
    const update = () => {
      if (this.#closed) return;
      const ice = transport.iceState === 'connected' || transport.iceState === 'completed';
      const before = this.audible;
      if (ice && transport.dtlsState === 'connected') this.#up.add(direction);
      else this.#up.delete(direction);
      if (this.audible && !before) this.emit('audible');
      this.#tellConnection();
    };
    transport.on('icestatechange', update);
    transport.on('dtlsstatechange', update);
  }

  #tellConnection(): void {
    const isConnected = this.#up.size === Object.keys(this.#transports).length;
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    this.emit(isConnected ? 'connected' : 'disconnected');
  }
}

function describe(transport: types.WebRtcTransport): TransportParameters {
  const { id, iceParameters, iceCandidates, dtlsParameters, sctpParameters } = transport;
  return {
    id,
    iceParameters,
    iceCandidates,
    dtlsParameters,
    ...(sctpParameters && { sctpParameters }),
  };
}

function mustBeOpus({ codecs }: WireRtpParameters): void {
  if (codecs.some(({ mimeType }) => mimeType.toLowerCase() !== 'audio/opus')) {
    throw new SegueError('MEDIA_CODEC_UNSUPPORTED');
  }
}

import { randomInt } from 'node:crypto';
import type { types } from 'mediasoup';
import { FRAME_TICKS_48K } from '../../shared/audio.ts';
import { OPUS_PAYLOAD_TYPE, voiceParameters } from './opusParameters.ts';
import { serializeRtp } from './rtp.ts';

export type SendOptions = {
  /** Length of this packet in ticks of 48 kHz; default 960, that is 20 ms. */
  ticks?: number;
  /** Silence since the end of the packet before, in ticks: the timestamp advances by it. */
  gapTicks?: number;
  /** First packet after silence (RFC 7587, section 4.1). */
  marker?: boolean;
};

/** The assistant's voice as a producer of the call's router: Opus packets in, RTP out. */
export class RtpSource {
  readonly #transport: types.DirectTransport;
  readonly #producer: types.Producer;
  readonly #ssrc: number;
  #sequence = randomInt(0x10000);
  #timestamp = randomInt(0x100000000);

  private constructor(transport: types.DirectTransport, producer: types.Producer, ssrc: number) {
    this.#transport = transport;
    this.#producer = producer;
    this.#ssrc = ssrc;
  }

  static async create(router: types.Router): Promise<RtpSource> {
    const transport = await router.createDirectTransport();
    const ssrc = randomInt(1, 0x100000000);
    const producer = await transport.produce({ kind: 'audio', rtpParameters: voiceParameters(ssrc) });
    return new RtpSource(transport, producer, ssrc);
  }

  get producerId(): string {
    return this.#producer.id;
  }

  get closed(): boolean {
    return this.#producer.closed;
  }

  /** Sends one Opus packet; a closed source drops it. */
  send(packet: Uint8Array, options: SendOptions = {}): void {
    if (this.#producer.closed) return;
    this.#timestamp = (this.#timestamp + (options.gapTicks ?? 0)) >>> 0;
    const bytes = serializeRtp({
      marker: options.marker ?? false,
      payloadType: OPUS_PAYLOAD_TYPE,
      sequence: this.#sequence,
      timestamp: this.#timestamp,
      ssrc: this.#ssrc,
      payload: packet,
    });
    try {
      this.#producer.send(bytes);
    } catch {
      // The worker's channel is broken, which its own watch sees; here it is a packet that is lost.
    }
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + (options.ticks ?? FRAME_TICKS_48K)) >>> 0;
  }

  close(): void {
    this.#transport.close();
  }
}

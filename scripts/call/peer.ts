import { randomInt } from 'node:crypto';
import type { types as media } from 'mediasoup-client';
import { RtpHeader } from 'werift';
import type { Clock } from '../../shared/clock.ts';
import type { CallStarted, ConsumerParameters } from '../../shared/events.ts';
import { Ear } from './ear.ts';
import { Microphone, type OutgoingFrame } from './microphone.ts';
import type { Recorder } from './recorder.ts';
import { OPUS_PAYLOAD_TYPE, RECEIVE_CAPABILITIES, sendParameters } from './rtpParameters.ts';
import { MediaTransport } from './transport.ts';

/** What a peer needs from the server, as messages of the contract. */
export type MediaSignalling = {
  connectTransport(transportId: string, dtlsParameters: media.DtlsParameters): Promise<void>;
  produce(rtpParameters: media.RtpParameters): Promise<void>;
  consume(rtpCapabilities: media.RtpCapabilities): Promise<ConsumerParameters>;
};

export type PeerOptions = {
  clock: Clock;
  dtx: boolean;
  recorder: Recorder | null;
  /** Gets what the microphone hears. */
  hear?: (pcm16k: Float32Array) => void;
  onLost: () => void;
};

/** A WebRTC peer with one microphone and one ear. */
export class Peer {
  readonly microphone: Microphone;
  readonly ear: Ear;
  readonly #send: MediaTransport;
  readonly #receive: MediaTransport;
  readonly #ssrc = randomInt(1, 2 ** 32 - 1);
  readonly #timestampOffset = randomInt(2 ** 32);
  #sequence = randomInt(2 ** 15);

  private constructor(send: MediaTransport, receive: MediaTransport, options: PeerOptions) {
    this.#send = send;
    this.#receive = receive;
    this.ear = new Ear(options);
    this.microphone = new Microphone({ ...options, send: (frame) => this.#sendFrame(frame) });
    send.onLost(options.onLost);
    receive.onLost(options.onLost);
  }

  /** Resolves when both transports are connected; the microphone is on by then. */
  static async open(
    transports: NonNullable<CallStarted['media']>,
    signalling: MediaSignalling,
    options: PeerOptions,
  ): Promise<Peer> {
    const [send, receive] = await Promise.all([
      MediaTransport.open(transports.send),
      MediaTransport.open(transports.recv),
    ]);
    const peer = new Peer(send, receive, options);
    try {
      await Promise.all([peer.#openUplink(signalling, options), peer.#openDownlink(signalling)]);
    } catch (error) {
      await peer.close();
      throw error;
    }
    peer.microphone.start();
    return peer;
  }

  async close(): Promise<void> {
    this.microphone.close();
    this.ear.close();
    await Promise.all([this.#send.close(), this.#receive.close()]);
  }

  async #openUplink(signalling: MediaSignalling, { dtx }: PeerOptions): Promise<void> {
    await signalling.connectTransport(this.#send.id, this.#send.dtlsParameters);
    await Promise.all([this.#send.connect(), signalling.produce(sendParameters({ ssrc: this.#ssrc, dtx }))]);
  }

  async #openDownlink(signalling: MediaSignalling): Promise<void> {
    const { rtpParameters } = await signalling.consume(RECEIVE_CAPABILITIES);
    const ssrc = rtpParameters.encodings?.[0]?.ssrc;
    this.#receive.onRtp(({ header, payload }) => {
      if (header.ssrc !== ssrc) return;
      this.ear.hear({ sequence: header.sequenceNumber, timestamp: header.timestamp, payload });
    });
    await signalling.connectTransport(this.#receive.id, this.#receive.dtlsParameters);
    await this.#receive.connect();
  }

  #sendFrame({ packet, timestamp, first }: OutgoingFrame): void {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const header = new RtpHeader({
      payloadType: OPUS_PAYLOAD_TYPE,
      sequenceNumber: this.#sequence,
      timestamp: (this.#timestampOffset + timestamp) >>> 0,
      ssrc: this.#ssrc,
      marker: first,
    });
    this.#send.sendRtp(Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength), header);
  }
}

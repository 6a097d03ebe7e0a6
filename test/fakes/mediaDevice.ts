import { RtpHeader } from 'werift';
import { RECEIVE_CAPABILITIES, sendParameters } from '../../scripts/call/rtpParameters.ts';
import { MediaTransport } from '../../scripts/call/transport.ts';
import type { CallerLeg } from '../../server/media/callerLeg.ts';

const SSRC = 0xabcdef;

/** A caller's device: WebRTC by werift, through ICE, DTLS and SRTP, into the real SFU. */
export class MediaDevice {
  readonly send: MediaTransport;
  readonly recv: MediaTransport;
  readonly heard: { sequence: number; timestamp: number; marker: boolean; payload: Buffer }[] = [];
  #sequence = 65_500;

  constructor(send: MediaTransport, recv: MediaTransport) {
    this.send = send;
    this.recv = recv;
  }

  static async join(leg: CallerLeg): Promise<MediaDevice> {
    const device = new MediaDevice(await MediaTransport.open(leg.send), await MediaTransport.open(leg.recv));
    await leg.connect(leg.send.id, device.send.dtlsParameters);
    await Promise.all([device.send.connect(), leg.produce(sendParameters({ ssrc: SSRC, dtx: false }))]);
    const consumer = await leg.consume(RECEIVE_CAPABILITIES);
    device.recv.onRtp(({ header, payload }) => {
      if (header.ssrc !== consumer.rtpParameters.encodings?.[0]?.ssrc) return;
      const { sequenceNumber: sequence, timestamp, marker } = header;
      device.heard.push({ sequence, timestamp, marker, payload });
    });
    await leg.connect(leg.recv.id, device.recv.dtlsParameters);
    await device.recv.connect();
    await leg.ready();
    return device;
  }

  say(payload: Uint8Array, timestamp: number): void {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const header = new RtpHeader({
      payloadType: 111,
      sequenceNumber: this.#sequence,
      timestamp: timestamp >>> 0,
      ssrc: SSRC,
    });
    this.send.sendRtp(Buffer.from(payload), header);
  }

  async leave(): Promise<void> {
    await Promise.all([this.send.close(), this.recv.close()]);
  }
}

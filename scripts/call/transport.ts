import type { types as media } from 'mediasoup-client';
import {
  IceCandidate,
  ProtectionProfileAeadAes128Gcm,
  ProtectionProfileAes128CmHmacSha1_80,
  RTCDtlsParameters,
  RTCDtlsTransport,
  RTCIceGatherer,
  RTCIceParameters,
  RTCIceTransport,
  type RtpHeader,
  type RtpPacket,
} from 'werift';
import type { TransportParameters } from '../../shared/events.ts';
import { CallError } from './callError.ts';

const LIMIT_MS = 10_000;

/**
 * One ICE + DTLS + SRTP transport to a mediasoup WebRtcTransport, by werift's objects instead of SDP: what SDP would
 * carry is already in mediasoup's parameters. mediasoup is an ICE-lite agent, so that this side is the controlling
 * one, and host candidates are enough, for the server learns our address from the checks themselves.
 */
export class MediaTransport {
  readonly id: string;
  readonly #ice: RTCIceTransport;
  readonly #dtls: RTCDtlsTransport;

  private constructor(id: string, ice: RTCIceTransport, dtls: RTCDtlsTransport) {
    this.id = id;
    this.#ice = ice;
    this.#dtls = dtls;
  }

  static async open(remote: TransportParameters): Promise<MediaTransport> {
    const gatherer = new RTCIceGatherer({
      useIpv4: true,
      useIpv6: remote.iceCandidates.some(({ ip }) => ip.includes(':')),
      additionalHostAddresses: ['127.0.0.1'],
    });
    // Left alone, werift asks a public STUN server.
    gatherer.connection.stunServer = undefined;
    const ice = new RTCIceTransport(gatherer);
    ice.connection.iceControlling = true;
    const dtls = new RTCDtlsTransport({}, ice, await RTCDtlsTransport.SetupCertificate(), [
      ProtectionProfileAeadAes128Gcm,
      ProtectionProfileAes128CmHmacSha1_80,
    ]);
    dtls.role = 'client';
    const transport = new MediaTransport(remote.id, ice, dtls);
    await transport.#aim(remote);
    return transport;
  }

  /** For `transport.connect`. */
  get dtlsParameters(): media.DtlsParameters {
    return {
      role: 'client',
      fingerprints: this.#dtls.localParameters.fingerprints.map(({ algorithm, value }) => ({
        algorithm: algorithm as media.FingerprintAlgorithm,
        value,
      })),
    };
  }

  /** ICE, then DTLS. Rejects when either fails or both together take longer than 10 s. */
  async connect(): Promise<void> {
    const limit = Promise.withResolvers<never>();
    const why = new CallError(
      'no_route',
      'The audio connection could not be made: ICE or DTLS had no answer.',
    );
    const timer = setTimeout(() => limit.reject(why), LIMIT_MS);
    try {
      await Promise.race([this.#shakeHands(), limit.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  onRtp(listener: (packet: RtpPacket) => void): void {
    this.#dtls.onRtp.subscribe(listener);
  }

  /** The connection is gone; not called for our own `close`. */
  onLost(listener: () => void): void {
    this.#ice.onStateChange.subscribe((state) => {
      if (state === 'failed' || state === 'disconnected') listener();
    });
  }

  sendRtp(payload: Buffer, header: RtpHeader): void {
    void this.#dtls.sendRtp(payload, header);
  }

  async close(): Promise<void> {
    await this.#dtls.stop();
  }

  async #shakeHands(): Promise<void> {
    await this.#ice.gather();
    await this.#ice.start();
    await this.#dtls.start();
  }

  async #aim({ iceParameters, iceCandidates, dtlsParameters }: TransportParameters): Promise<void> {
    this.#ice.setRemoteParams(
      new RTCIceParameters({
        iceLite: true,
        usernameFragment: iceParameters.usernameFragment,
        password: iceParameters.password,
      }),
    );
    for (const { foundation, ip, port, priority, protocol, type } of iceCandidates) {
      if (protocol !== 'udp') continue;
      await this.#ice.addRemoteCandidate(new IceCandidate(1, foundation, ip, port, priority, protocol, type));
    }
    await this.#ice.addRemoteCandidate(undefined);
    this.#dtls.setRemoteParams(new RTCDtlsParameters(dtlsParameters.fingerprints, 'server'));
  }
}

import type { types } from 'mediasoup';

/** Payload type of the assistant's voice between Node and the worker; the worker maps it for each consumer. */
export const OPUS_PAYLOAD_TYPE = 100;

/** Bits a second that a caller may send: Opus speech with FEC stays far below. */
export const MAX_INCOMING_BITRATE = 160_000;

/**
 * What the router speaks: Opus alone (RFC 7587). In-band FEC mends single losses; DTX sends nothing while the
 * caller is silent.
 */
export const ROUTER_CODECS: types.RouterRtpCodecCapability[] = [
  {
    kind: 'audio',
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    preferredPayloadType: OPUS_PAYLOAD_TYPE,
    parameters: { useinbandfec: 1, usedtx: 1, minptime: 10 },
  },
];

/** The assistant's stream as its producer declares it: mono Opus without header extensions. */
export function voiceParameters(ssrc: number): types.RtpParameters {
  return {
    codecs: [
      {
        mimeType: 'audio/opus',
        payloadType: OPUS_PAYLOAD_TYPE,
        clockRate: 48_000,
        channels: 2,
        parameters: { useinbandfec: 1, usedtx: 1, minptime: 10, 'sprop-stereo': 0 },
      },
    ],
    encodings: [{ ssrc, dtx: true }],
    rtcp: { cname: 'assistant', reducedSize: true },
  };
}

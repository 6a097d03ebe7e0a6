import type { types as media } from 'mediasoup-client';

const OPUS_PAYLOAD_TYPE = 111;

const opusCodec = {
  mimeType: 'audio/opus',
  clockRate: 48_000,
  channels: 2,
} as const;

/** What this caller can receive: Opus and nothing else. */
export const RECEIVE_CAPABILITIES: media.RtpCapabilities = {
  codecs: [
    {
      ...opusCodec,
      kind: 'audio',
      preferredPayloadType: OPUS_PAYLOAD_TYPE,
      parameters: { useinbandfec: 1, minptime: 10 },
      rtcpFeedback: [],
    },
  ],
  headerExtensions: [],
};

/** What this caller sends: one mono Opus stream (declared as two channels, RFC 7587, section 7) with FEC. */
export function sendParameters({ ssrc, dtx }: { ssrc: number; dtx: boolean }): media.RtpParameters {
  return {
    mid: '0',
    codecs: [
      {
        ...opusCodec,
        payloadType: OPUS_PAYLOAD_TYPE,
        parameters: { useinbandfec: 1, minptime: 10, usedtx: dtx ? 1 : 0 },
        rtcpFeedback: [],
      },
    ],
    headerExtensions: [],
    encodings: [{ ssrc, dtx }],
    rtcp: { cname: `caller-${ssrc}`, reducedSize: true, mux: true },
  };
}

export { OPUS_PAYLOAD_TYPE };

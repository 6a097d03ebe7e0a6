import type { types as media } from 'mediasoup-client';
import { z } from 'zod';

/**
 * What a device, or another server, says of its media. mediasoup checks a part of it only, and writes the rest into the
 * channel that all calls of a worker share, where a number that is none breaks it for all of them: so only what is named
 * here goes on, in full.
 */

const text = (max: number) => z.string().max(max);
const uint = (bits: number) =>
  z
    .int()
    .min(0)
    .max(2 ** bits - 1);
const flag = z.int().min(0).max(1).optional();
const kind = z.enum(['audio', 'video']);

/** mediasoup refuses those that it does not know. */
const extensionUri = z.custom<media.RtpHeaderExtensionUri>(
  (value) => typeof value === 'string' && value.length <= 256,
  'must be a short string',
);

const rtcpFeedback = z
  .array(z.object({ type: text(32), parameter: text(32).optional() }))
  .max(16)
  .optional();

const codec = { mimeType: text(64), clockRate: uint(31), channels: uint(8).optional(), rtcpFeedback };

/** RFC 7587, section 6.1, and what browsers add to it. */
const opusParameters = z.object({
  useinbandfec: flag,
  usedtx: flag,
  cbr: flag,
  stereo: flag,
  'sprop-stereo': flag,
  minptime: uint(16).optional(),
  ptime: uint(16).optional(),
  maxptime: uint(16).optional(),
  maxplaybackrate: uint(31).optional(),
  'sprop-maxcapturerate': uint(31).optional(),
  maxaveragebitrate: uint(31).optional(),
});

/** One stream of one codec: a device has one microphone. */
export const rtpParameters = z.object({
  mid: text(32).optional(),
  msid: text(512).optional(),
  codecs: z
    .array(z.object({ ...codec, payloadType: uint(7), parameters: opusParameters.optional() }))
    .length(1),
  headerExtensions: z
    .array(z.object({ uri: extensionUri, id: z.int().min(1).max(255), encrypt: z.boolean().optional() }))
    .max(32)
    .optional(),
  encodings: z.array(z.object({ ssrc: uint(32).min(1), dtx: z.boolean().optional() })).length(1),
  rtcp: z.object({ cname: text(256).optional(), reducedSize: z.boolean().optional() }).optional(),
});

/** What a device can hear. Of Opus no parameter decides whether it can. */
export const rtpCapabilities = z.object({
  codecs: z
    .array(z.object({ ...codec, kind, preferredPayloadType: uint(7) }))
    .max(64)
    .optional(),
  headerExtensions: z
    .array(
      z.object({
        kind,
        uri: extensionUri,
        preferredId: uint(8),
        preferredEncrypt: z.boolean().optional(),
        direction: z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive']).optional(),
      }),
    )
    .max(64)
    .optional(),
});

export const dtlsParameters = z.object({
  role: z.enum(['auto', 'client', 'server']).optional(),
  fingerprints: z
    .array(
      z.object({
        algorithm: z.enum(['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']),
        value: z.string().regex(/^[0-9A-F]{2}(:[0-9A-F]{2}){15,63}$/i, 'must be hexadecimal'),
      }),
    )
    .min(1)
    .max(8),
});

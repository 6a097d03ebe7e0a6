import { z } from 'zod';
import { ERRORS, type ErrorCode } from './errors.ts';
import type { ClientToServer, SessionOpened, SessionRequest } from './events.ts';
import type { JsonObject } from './json.ts';
import { LANGUAGES } from './language.ts';
import { dtlsParameters, rtpCapabilities, rtpParameters } from './mediaSchemas.ts';

/** Shapes of everything that comes from outside by socket or HTTP; parsed once, at the edge. */

const MAX_TEXT = 2_000;
const text = (max: number) => z.string().max(max);

/** Bounds of nested values are checked by the session's claims, which copy them. */
const jsonObject = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
);

const pageView = z.object({
  url: text(4_096).default(''),
  title: text(512).default(''),
  referrer: text(4_096).default(''),
  language: text(64).default(''),
});

const eventName = z.string().regex(/^[a-zA-Z][\w.:-]{0,63}$/, 'must be a short name such as payment_failed');

/** A random id that the browser has made; nothing of the visitor or the machine is in it. */
const browserId = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/, 'must be 16 to 64 letters, digits, - or _');

export const sessionRequest = z.object({
  site: z.string().min(1).max(40).default('demo').describe('Site key'),
  lang: text(35).default('auto').describe('`auto` or a BCP 47 tag'),
  page: pageView.prefault({}),
  context: jsonObject.default({}).describe('Facts that the page claims'),
  events: z
    .array(
      z.object({
        name: eventName,
        data: z.json().default(null),
        agoMs: z.number().min(0).max(86_400_000).default(0),
      }),
    )
    .max(50)
    .default([]),
  identity: text(8_192).optional().describe('JWT signed by the customer’s back end'),
  visitor: browserId.optional().describe('Random id that the browser keeps until somebody signs out'),
  device: browserId.optional().describe('Random id that the browser keeps'),
});

export const sessionOpened = z.object({
  sessionId: z.string(),
  token: z.string(),
  expiresAt: z.number(),
  language: z.string(),
  voice: z.boolean(),
});

export const channelName = z.enum(['chat', 'email', 'message']);
export type MessageChannel = z.infer<typeof channelName>;

/** Body of `POST /v1/channels/:channel/messages`. */
export const channelMessage = z.object({
  text: text(8_000).describe('What was written; empty to open a chat with a greeting'),
  id: text(200).optional().describe('Of the message: delivered twice, it is answered once'),
  site: z.string().min(1).max(40).optional().describe('Site key; with the channel key'),
  thread: text(200)
    .min(1)
    .optional()
    .describe('The channel’s own name of the conversation; with the channel key'),
  customerId: text(100).min(1).optional().describe('Who wrote, if the back end knows; with the channel key'),
  identity: text(8_192).optional().describe('JWT signed by the customer’s back end'),
  language: text(35).optional().describe('BCP 47 tag'),
});
export type ChannelMessage = z.infer<typeof channelMessage>;

export const channelAnswer = z.object({
  contactId: z.string(),
  text: z.string(),
  intent: z.string().nullable(),
  language: z.string(),
  next: z.enum(['listen', 'hangUp', 'handoff']),
});

export const errorBody = z.object({
  error: z.object({
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    message: z.string(),
    retryable: z.boolean(),
  }),
});

const empty = z.object({});

type Requests = { [Name in keyof ClientToServer]: Parameters<ClientToServer[Name]>[0] };

export const clientMessages: { [Name in keyof Requests]: z.ZodType<Requests[Name]> } = {
  'call.start': z.object({ media: z.boolean(), language: text(35).optional(), wait: z.boolean().optional() }),
  'call.attach': z.object({ media: z.boolean() }),
  'transport.connect': z.object({ transportId: text(64), dtlsParameters }),
  'media.produce': z.object({ rtpParameters }),
  'media.consume': z.object({ rtpCapabilities }),
  'media.restartIce': z.object({ transportId: text(64) }),
  'media.renew': empty,
  'media.giveUp': empty,
  'media.hints': z.object({
    sctpStreamParameters: z.object({
      streamId: z.int().min(0).max(65_534),
      ordered: z.literal(false),
      maxRetransmits: z.int().min(0).max(3),
    }),
  }),
  'media.ready': empty,
  'device.report': z.object({
    echoCancellation: z.boolean().nullable(),
    noiseSuppression: z.boolean().nullable(),
    autoGainControl: z.boolean().nullable(),
  }),
  'call.mute': z.object({ muted: z.boolean() }),
  'call.hangUp': empty,
  'context.update': z.object({ patch: jsonObject }),
  'context.replace': z.object({ page: pageView, context: jsonObject }),
  'page.view': pageView,
  'page.event': z.object({ name: eventName, data: z.json().optional(), id: browserId.optional() }),
  'text.send': z.object({ text: z.string().trim().min(1).max(MAX_TEXT), id: browserId.optional() }),
  'hint.language': z.object({ language: z.enum(LANGUAGES), confidence: z.number().min(0).max(1) }),
  'hint.speech': z.object({
    active: z.boolean(),
    atMs: z.number().min(0).max(1e12),
    confidence: z.number().min(0).max(1),
  }),
};

/** The schemas and the types of the contract cannot drift apart. */
sessionRequest satisfies z.ZodType<SessionRequest>;
sessionOpened satisfies z.ZodType<SessionOpened>;

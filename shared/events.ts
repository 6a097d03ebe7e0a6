import type { types as media } from 'mediasoup-client';
import type { Json, JsonObject } from './json.ts';
import type { Result, WireError } from './result.ts';

/**
 * The typed contract of the socket: socket.io namespace `/`, path `/v1/socket`, `auth: { token, line? }` with the session
 * token of `POST /v1/sessions` and a random name of the device's line, by which its next socket goes on with the call
 * before the server has missed the one of before. Every client message is acknowledged with a `Result`.
 *
 * Order of a voice call: `call.start {media: true}` → (`transport.connect` send → `media.produce`) and
 * (`media.consume` → `transport.connect` recv → `media.ready`) → the greeting. A call in writing: `call.start
 * {media: false}` → the greeting as a transcript.
 *
 * A call that goes on: `call.attach` or `media.renew`, then as above from `transport.connect` on.
 */
export type CallState = 'idle' | 'connecting' | 'live' | 'reconnecting' | 'ended' | 'failed';

export type EndReason =
  | 'caller'
  | 'assistant'
  | 'handoff'
  | 'disconnected'
  | 'timeout'
  | 'error'
  | 'shutdown';

export type Speaker = 'caller' | 'assistant' | 'agent';

export type Transcript = {
  /** Same id: the same turn, told anew (a partial replaced by the final). */
  id: string;
  speaker: Speaker;
  text: string;
  final: boolean;
  language: string;
  /** Milliseconds since the call began. */
  atMs: number;
};

export type LanguageGuess = {
  language: string;
  /** 0…1 */
  confidence: number;
  source: 'device' | 'server' | 'text' | 'browser';
};

/** Another way to answer, offered when listening fails or a number is asked for. */
export type InputOffer = {
  kinds: ('keys' | 'text' | 'callBack' | 'human')[];
  /** What is asked for, in the visitor's language; a label for the field. */
  label: string;
};

export type TransportParameters = {
  id: string;
  iceParameters: media.IceParameters;
  iceCandidates: media.IceCandidate[];
  dtlsParameters: media.DtlsParameters;
  /** Of the transport on which the device sends: it takes hints there, too (`media.hints`). */
  sctpParameters?: media.SctpParameters;
};

export type IceServer = { urls: string[]; username?: string; credential?: string };

/** Where the device sends and receives. A call that goes on gets others when these are lost. */
export type MediaParameters = {
  routerRtpCapabilities: media.RtpCapabilities;
  send: TransportParameters;
  recv: TransportParameters;
  iceServers: IceServer[];
};

export type CallStarted = {
  callId: string;
  /** What the call speaks; the device may be told otherwise later by `language`. */
  language: string;
  media: MediaParameters | null;
};

/** A running call as a device finds it that comes to it anew. */
export type CallAttached = CallStarted & {
  state: CallState;
  /** What was said so far. */
  lines: Transcript[];
  /** Other ways to answer what was asked last. */
  offer: InputOffer | null;
  /** Milliseconds since the call began. */
  atMs: number;
};

export type ConsumerParameters = {
  id: string;
  producerId: string;
  kind: 'audio';
  rtpParameters: media.RtpParameters;
};

/** A place in the line of callers who wait for a free line. */
export type QueuePlace = {
  /** From 1; 0: it is this caller's turn. */
  position: number;
  /** An estimate, by how long calls take. */
  waitMs: number;
  /** The site can call back. */
  callsBack: boolean;
};

export type Ack<Value> = (result: Result<Value>) => void;

export type ClientToServer = {
  /**
   * `wait`: refused with CAPACITY_REACHED, the device waits in line and is told its place by `queue`; at place 0 it asks
   * again within 10 s. Its socket's end, or a call in writing, gives the place up.
   */
  'call.start': (
    request: { media: boolean; language?: string; wait?: boolean },
    ack: Ack<CallStarted>,
  ) => void;
  /**
   * Goes on with the running call of the session: a page that was loaded anew, another tab, a device whose server died, or
   * one that has missed the answer of its start.
   * `media`: by voice, with fresh transports. Who attended before is told `call.taken`.
   */
  'call.attach': (request: { media: boolean }, ack: Ack<CallAttached>) => void;
  'transport.connect': (
    request: { transportId: string; dtlsParameters: media.DtlsParameters },
    ack: Ack<null>,
  ) => void;
  'media.produce': (
    request: { rtpParameters: media.RtpParameters },
    ack: Ack<{ producerId: string }>,
  ) => void;
  'media.consume': (
    request: { rtpCapabilities: media.RtpCapabilities },
    ack: Ack<ConsumerParameters>,
  ) => void;
  /** New credentials for one transport: its ICE begins anew, over whatever network the device has now. */
  'media.restartIce': (
    request: { transportId: string },
    ack: Ack<{ iceParameters: media.IceParameters }>,
  ) => void;
  /** Fresh transports for the running call, in place of the ones that are lost; null in a call in writing. */
  'media.renew': (request: Record<string, never>, ack: Ack<MediaParameters | null>) => void;
  /**
   * Sound does not get through: the call goes on in writing, until `media.renew` or `call.attach {media: true}` and the
   * steps after it bring the sound back.
   */
  'media.giveUp': (request: Record<string, never>, ack: Ack<null>) => void;
  /**
   * A data channel beside the audio: its messages are `SpeechHint`s as JSON, unordered and sent once, so that none waits
   * behind another. What comes on it says no more than `hint.speech`, which tells the same reliably.
   */
  'media.hints': (
    request: { sctpStreamParameters: HintStreamParameters },
    ack: Ack<{ dataProducerId: string }>,
  ) => void;
  /** The speaker is connected: audio may flow. */
  'media.ready': (request: Record<string, never>, ack: Ack<null>) => void;
  /** How the microphone is captured; told anew when another takes its place. */
  'device.report': (request: DeviceReport, ack: Ack<null>) => void;
  /** Nothing is to be expected of the caller's microphone: the caller has muted it, or it was taken or lost. */
  'call.mute': (request: { muted: boolean }, ack: Ack<null>) => void;
  'call.hangUp': (request: Record<string, never>, ack: Ack<null>) => void;
  'context.update': (request: { patch: JsonObject }, ack: Ack<null>) => void;
  /** Another page's view and claims, for the running call: what is no longer claimed is forgotten. */
  'context.replace': (request: { page: PageView; context: JsonObject }, ack: Ack<null>) => void;
  /** What the page itself is: told again after a navigation inside the page. */
  'page.view': (request: PageView, ack: Ack<null>) => void;
  /** Sent again with the same id it is taken once. */
  'page.event': (request: { name: string; data?: Json; id?: string | undefined }, ack: Ack<null>) => void;
  /** Sent again with the same id it is answered once. */
  'text.send': (request: { text: string; id?: string | undefined }, ack: Ack<{ id: string }>) => void;
  /** What the device hears of the caller: a hint, which the server's own ears may contradict. */
  'hint.speech': (request: SpeechHint, ack: Ack<null>) => void;
  'hint.language': (request: LanguageHint, ack: Ack<null>) => void;
};

/** What the device does to the caller's sound; null where the browser does not say. */
export type DeviceReport = {
  echoCancellation: boolean | null;
  noiseSuppression: boolean | null;
  autoGainControl: boolean | null;
};

export type HintStreamParameters = {
  streamId: number;
  ordered: false;
  maxRetransmits: number;
};

/** What the device takes the caller's language for; its sound stays on the device. */
export type LanguageHint = {
  /** Primary language subtag. */
  language: string;
  /** 0…1 */
  confidence: number;
};

export type SpeechHint = {
  active: boolean;
  /** Milliseconds on the device's own monotonic clock: only differences between hints mean something. */
  atMs: number;
  /** 0…1 */
  confidence: number;
};

export type ServerToClient = {
  'call.state': (message: { state: CallState; reason?: EndReason }) => void;
  transcript: (message: Transcript) => void;
  speech: (message: { who: Speaker; active: boolean }) => void;
  language: (message: LanguageGuess) => void;
  'input.offer': (message: InputOffer | null) => void;
  /** The server's end of the media is gone: `media.renew` gives others. */
  queue: (message: QueuePlace) => void;
  'media.lost': (message: Record<string, never>) => void;
  /** Another page or tab of the session goes on with the call. */
  'call.taken': (message: Record<string, never>) => void;
  /** For the next socket: the one before expires soon. */
  'session.token': (message: { token: string; expiresAt: number }) => void;
  error: (message: WireError) => void;
};

export type PageView = { url: string; title: string; referrer: string; language: string };

/** Body of `POST /v1/sessions`. */
export type SessionRequest = {
  site: string;
  /** `auto` or a BCP 47 tag. */
  lang: string;
  page: PageView;
  /** Facts that the page claims; at most 32 KiB of JSON, eight levels deep. */
  context: JsonObject;
  events: { name: string; data: Json; agoMs: number }[];
  /** JWT signed by the customer's back end. */
  identity?: string;
  /** Random ids that the browser keeps: one until somebody signs out, one for good. */
  visitor?: string;
  device?: string;
};

/** Answer of `POST /v1/sessions`. */
export type SessionOpened = {
  sessionId: string;
  /** For the socket; bound to this session, valid until `expiresAt` (milliseconds since the epoch). */
  token: string;
  expiresAt: number;
  language: string;
  /** Whether the server can do voice at all; if not, the widget offers writing. */
  voice: boolean;
};

import type { Clock } from '../../shared/clock.ts';
import type { SegueError } from '../../shared/errors.ts';
import type {
  CallState,
  EndReason,
  InputOffer,
  LanguageGuess,
  Speaker,
  Transcript,
} from '../../shared/events.ts';
import type { TimelineEntry } from '../../shared/timeline.ts';
import type { OpusCodec } from '../audio/codec.ts';
import type { Rehydrated } from '../context/rehydration.ts';
import type { Session } from '../context/session.ts';
import type { Contact } from '../context/thread/contact.ts';
import type { Policy } from '../dialog/policy.ts';
import type { LanguageIdEngine } from '../speech/languageId.ts';
import type { SttStream } from '../speech/stt.ts';
import type { TtsEngine } from '../speech/tts.ts';
import type { VadEngine } from '../speech/vad.ts';
import type { TimelineStore } from '../storage/timelineStore.ts';
import type { Log } from '../telemetry/log.ts';
import type { Verifier } from '../verification/verifier.ts';
import type { Resumed } from './checkpoint.ts';
import type { DeviceLine } from './deviceLine.ts';
import type { Ready } from './stopgap.ts';
import type { VoiceLine } from './voiceLine.ts';

export type CallEvents = {
  state: [{ state: CallState; reason?: EndReason }];
  transcript: [Transcript];
  speech: [{ who: Speaker; active: boolean }];
  language: [LanguageGuess];
  offer: [InputOffer | null];
  error: [SegueError];
  /** The server's end of the sound is gone; `renewMedia` makes another. */
  mediaLost: [];
  /** It is not where it was: what another process would go on with has changed. */
  moved: [];
  /** Another process goes on with it; the last event. */
  departed: [];
  /** The last event. */
  ended: [EndReason];
};

/** Who listens to a call's events for a device. */
export type Attendant = {
  /** So that it is known again; null where it does not say. */
  readonly line: DeviceLine | null;
  /** The call is not its own any more: `elsewhere`, or with a later socket of the same device, which is not told. */
  taken(where: { elsewhere: boolean }): void;
};

/** Everything that audio needs; a call in writing has none. */
export type VoiceParts = {
  line: VoiceLine;
  codec: OpusCodec;
  vad: VadEngine;
  vadFallback: VadEngine;
  stt: SttStream;
  /** Null where the model is not installed. */
  languageId: LanguageIdEngine | null;
  tts: TtsEngine;
  voiceName: string | undefined;
  /** Sentences that need no engine. */
  ready?: Ready | undefined;
};

export type CallParts = {
  session: Session;
  siteName: string;
  language: string;
  policy: Policy;
  /** Lets the caller prove who they are; null on a site where they cannot. */
  verifier: Verifier | null;
  rehydrate: () => Promise<Rehydrated>;
  /** Joins the call with the person's other contacts; without it nothing is written down. */
  contact?: (callId: string) => Contact;
  /** It was begun in another process, and goes on here. */
  resumed?: Resumed;
  voice: VoiceParts | null;
  /** How long the call waits for the next page when the visitor has left this one. */
  leaveGraceMs: number;
  timelines: TimelineStore;
  /** Sees every entry of the timeline as it is made. */
  observe: (entry: TimelineEntry) => void;
  clock: Clock;
  log: Log;
};

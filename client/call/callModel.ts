import type {
  CallState,
  EndReason,
  InputOffer,
  QueuePlace,
  Speaker,
  Transcript,
} from '../../shared/events.ts';
import type { WireError } from '../../shared/result.ts';

/** Why a call is in writing although a voice call was wanted. */
export type NoVoiceReason =
  | 'refused'
  | 'missing'
  | 'busy'
  | 'insecure'
  | 'unsupported'
  | 'server'
  /** Sound does not get through; or it is being tried whether it does again. */
  | 'blocked'
  | 'trying';

/** What is wrong with the microphone, or was: taken by another program, silent, or replaced by the one named. */
export type MicrophoneNotice = { kind: 'taken' } | { kind: 'silent' } | { kind: 'changed'; name: string };

/** What was written and is not known to have arrived; by its id the server takes it once. */
export type Message = { id: string; text: string };

/** Where the microphone stands while the call is being set up. */
export type MicrophoneStep = 'none' | 'explain' | 'ask' | 'ready';

export type Quality = 'good' | 'fair' | 'poor';

/** All that the panel and the launcher show. */
export type CallModel = {
  readonly state: CallState;
  readonly mode: 'voice' | 'writing';
  readonly microphone: MicrophoneStep;
  readonly noVoice: NoVoiceReason | null;
  /** The microphone was lost in a call by voice, or the sound: either may come back. */
  readonly canTalkAgain: boolean;
  readonly notice: MicrophoneNotice | null;
  readonly callId: string | null;
  /** When the call went live and when it was over, on the page's monotonic clock. */
  readonly liveAtMs: number | null;
  readonly overAtMs: number | null;
  readonly endReason: EndReason | null;
  readonly error: WireError | null;
  readonly muted: boolean;
  readonly lines: readonly Transcript[];
  readonly unsent: readonly Message[];
  readonly speaking: { readonly [who in Speaker]: boolean };
  readonly offer: InputOffer | null;
  readonly audioBlocked: boolean;
  /** The call goes on when the visitor taps: the browser wants it so on a fresh page. */
  readonly awaitsTap: boolean;
  /** Another tab has the call; `lines` are its. */
  readonly elsewhere: boolean;
  readonly quality: Quality | null;
  /** No line is free: the caller's place among those who wait. */
  readonly place: QueuePlace | null;
};

export const IDLE_CALL: CallModel = {
  state: 'idle',
  mode: 'voice',
  microphone: 'none',
  noVoice: null,
  canTalkAgain: false,
  notice: null,
  callId: null,
  liveAtMs: null,
  overAtMs: null,
  endReason: null,
  error: null,
  muted: false,
  lines: [],
  unsent: [],
  speaking: { caller: false, assistant: false, agent: false },
  offer: null,
  audioBlocked: false,
  awaitsTap: false,
  elsewhere: false,
  quality: null,
  place: null,
};

/** Sound does not get through, as far as is known. */
export const isSoundless = ({ noVoice }: CallModel): boolean => noVoice === 'blocked' || noVoice === 'trying';

export const isActive = (state: CallState): boolean =>
  state === 'connecting' || state === 'live' || state === 'reconnecting';

import type { LanguageGuess, SessionRequest, Speaker, Transcript } from '../../shared/events.ts';
import type { WireError } from '../../shared/result.ts';
import type { PageEventDraft } from '../contract.ts';
import type { VoiceLink } from '../media/voiceLink.ts';
import type { CallModel } from './callModel.ts';

export type CallFlowOptions = {
  serverUrl: () => string;
  sessionRequest: () => SessionRequest;
  pageEvents: () => readonly PageEventDraft[];
  nowMs: () => number;
};

export type CallFlowEvents = {
  /** The model has changed. */
  model: [after: CallModel, before: CallModel];
  transcript: [Transcript];
  speech: [{ who: Speaker; active: boolean }];
  language: [LanguageGuess];
  error: [WireError];
  /** Sound in both directions is there; `microphone` belongs to the flow. */
  voice: [{ remote: MediaStreamTrack; microphone: MediaStreamTrack; link: VoiceLink }];
  /** There is no sound any more; `voice` may come again. */
  voiceless: [];
  /** What the server hears or says, as it tells it; `speech` merges it with what the device hears. */
  serverSpeech: [{ who: Speaker; active: boolean }];
  /** The page hears another track of the caller from now on; `capture`: the microphone behind it. */
  microphone: [track: MediaStreamTrack, capture: MediaStreamTrack];
  /** Another tab has taken the call. */
  taken: [];
  /** The token was renewed. */
  ticket: [];
  /** Another way of the sound took the place of one that broke. */
  link: [VoiceLink];
};

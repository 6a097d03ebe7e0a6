import type { JsonObject } from './json.ts';

/** Kinds of a timeline entry; later parts add their own under the last three prefixes. */
export type TimelineType =
  | 'call.start'
  | 'call.answered'
  | 'context.rehydrated'
  | 'context.updated'
  | 'caller.speech.start'
  | 'caller.speech.end'
  | 'caller.hint'
  | 'caller.text'
  | 'device.report'
  | 'turn.end'
  | 'stt.final'
  | 'policy.prepared'
  | 'policy.reply'
  | 'tts.first'
  | 'assistant.audio.start'
  | 'assistant.audio.end'
  | 'assistant.interrupted'
  | 'assistant.resumed'
  | 'assistant.stopgap'
  | 'language.heard'
  | 'language.switched'
  | 'line.noisy'
  | 'line.lost'
  | 'line.givenUp'
  | 'call.reconnected'
  | 'call.end'
  | `handoff.${string}`
  | `error.${string}`;

/** One entry of a call's timeline. `tMs` is monotonic since the call began. */
export type TimelineEntry = { tMs: number; type: TimelineType } & JsonObject;

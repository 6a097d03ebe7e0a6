import type { EndReason, InputOffer, QueuePlace, Speaker, Transcript } from '../../shared/events.ts';
import type { WireError } from '../../shared/result.ts';
import {
  type CallModel,
  IDLE_CALL,
  isActive,
  type Message,
  type MicrophoneNotice,
  type MicrophoneStep,
  type NoVoiceReason,
  type Quality,
} from './callModel.ts';

export type CallAction =
  | { type: 'called'; mode: CallModel['mode'] }
  /** A call that another page has begun. */
  | ({ type: 'resumed' } & Pick<CallModel, 'mode' | 'muted'> & {
        callId: string;
        blocked?: boolean;
        unsent?: readonly Message[];
      })
  | { type: 'attached'; lines: readonly Transcript[]; offer: InputOffer | null; startedAtMs: number }
  | { type: 'awaitsTap'; awaits: boolean }
  /** Another page, or another tab, goes on with it; nobody does when it is over. */
  | { type: 'left'; isOver?: boolean }
  | { type: 'elsewhere'; lines: readonly Transcript[] | null }
  | { type: 'microphone'; step: MicrophoneStep }
  | { type: 'writing'; reason: NoVoiceReason | null; canTalkAgain?: boolean }
  | { type: 'voiceBack' }
  | { type: 'notice'; notice: MicrophoneNotice | null }
  | { type: 'inLine'; place: QueuePlace }
  | { type: 'started'; callId: string }
  | { type: 'live'; atMs: number }
  | { type: 'linkLost' }
  | { type: 'linkBack' }
  | { type: 'ended'; reason: EndReason; atMs: number }
  | { type: 'failed'; error: WireError; atMs: number }
  | { type: 'muted'; muted: boolean }
  | { type: 'transcript'; line: Transcript }
  | { type: 'toSend'; message: Message }
  /** The server has it, or whoever wrote it. */
  | { type: 'handled'; id: string }
  | { type: 'speech'; who: Speaker; active: boolean }
  | { type: 'offer'; offer: InputOffer | null }
  | { type: 'audioBlocked'; blocked: boolean }
  | { type: 'quality'; quality: Quality };

const SILENT = IDLE_CALL.speaking;

/**
 * The call's state machine: idle → connecting → live ⇄ reconnecting → ended or failed, and from there or from
 * idle anew. An action that does not fit the state changes nothing; the same model is returned.
 */
export function reduceCall(model: CallModel, action: CallAction): CallModel {
  if (action.type === 'called') {
    return isActive(model.state) ? model : { ...IDLE_CALL, state: 'connecting', mode: action.mode };
  }
  if (action.type === 'resumed') {
    if (isActive(model.state)) return model;
    const { mode, callId, muted, blocked = false, unsent = [] } = action;
    const voice = blocked ? ({ noVoice: 'blocked', canTalkAgain: true } as const) : {};
    return { ...IDLE_CALL, state: 'reconnecting', mode, callId, muted, unsent, ...voice };
  }
  if (action.type === 'elsewhere') return elsewhere(model, action.lines);
  if (!isActive(model.state)) return model;
  switch (action.type) {
    case 'left':
      return action.isOver ? { ...IDLE_CALL, unsent: model.unsent } : IDLE_CALL;
    case 'attached':
      // What has come meanwhile is later than what the server remembers.
      return {
        ...model,
        lines: model.lines.reduce(withLine, action.lines),
        offer: action.offer,
        liveAtMs: action.startedAtMs,
      };
    case 'awaitsTap':
      return { ...model, awaitsTap: action.awaits };
    case 'microphone':
      return model.mode === 'voice' ? { ...model, microphone: action.step } : model;
    case 'writing':
      return model.mode === 'writing' && !(model.canTalkAgain && action.canTalkAgain)
        ? model
        : {
            ...model,
            mode: 'writing',
            noVoice: action.reason,
            canTalkAgain: action.canTalkAgain ?? false,
            microphone: 'none',
            muted: false,
            notice: null,
            place: null,
            // Without sound there is nothing to hear and no line to judge.
            ...(action.reason === 'blocked' ? { audioBlocked: false, quality: null } : {}),
          };
    case 'voiceBack':
      return model.canTalkAgain ? { ...model, mode: 'voice', noVoice: null, canTalkAgain: false } : model;
    case 'notice':
      return model.mode === 'voice' ? { ...model, notice: action.notice } : model;
    case 'inLine':
      return model.state === 'connecting' && model.mode === 'voice'
        ? { ...model, place: action.place }
        : model;
    case 'started':
      return { ...model, callId: action.callId, place: null };
    case 'live':
      if (model.state === 'live') return model;
      return { ...model, state: 'live', liveAtMs: model.liveAtMs ?? action.atMs, awaitsTap: false };
    case 'linkLost':
      return model.state === 'live' ? { ...model, state: 'reconnecting', speaking: SILENT } : model;
    case 'linkBack':
      return model.state === 'reconnecting' && !model.awaitsTap ? { ...model, state: 'live' } : model;
    case 'ended':
      return { ...over(model, action.atMs), state: 'ended', endReason: action.reason };
    case 'failed':
      return { ...over(model, action.atMs), state: 'failed', error: action.error };
    case 'muted':
      return model.muted === action.muted ? model : { ...model, muted: action.muted };
    case 'transcript':
      return { ...model, lines: withLine(model.lines, action.line) };
    case 'toSend':
      return { ...model, unsent: [...model.unsent, action.message] };
    case 'handled':
      return { ...model, unsent: model.unsent.filter(({ id }) => id !== action.id) };
    case 'speech':
      return model.speaking[action.who] === action.active ? model : withSpeech(model, action);
    case 'offer':
      return { ...model, offer: action.offer };
    case 'audioBlocked':
      return model.audioBlocked === action.blocked ? model : { ...model, audioBlocked: action.blocked };
    case 'quality':
      return model.quality === action.quality ? model : { ...model, quality: action.quality };
  }
}

function elsewhere(model: CallModel, lines: readonly Transcript[] | null): CallModel {
  if (isActive(model.state)) return model;
  if (lines) return { ...IDLE_CALL, elsewhere: true, lines };
  return model.elsewhere ? IDLE_CALL : model;
}

function over(model: CallModel, atMs: number): CallModel {
  return {
    ...model,
    overAtMs: atMs,
    speaking: SILENT,
    offer: null,
    audioBlocked: false,
    awaitsTap: false,
    microphone: 'none',
    canTalkAgain: false,
    notice: null,
    lines: model.lines.filter((line) => line.final),
  };
}

/** A caller who is heard through another microphone needs no word about it any more. */
function withSpeech(model: CallModel, { who, active }: { who: Speaker; active: boolean }): CallModel {
  const isKnown = who === 'caller' && active && model.notice?.kind === 'changed';
  return {
    ...model,
    speaking: { ...model.speaking, [who]: active },
    notice: isKnown ? null : model.notice,
  };
}

/** A partial is replaced in place by what follows under its id; a final line is never undone by a late partial. */
function withLine(lines: readonly Transcript[], line: Transcript): readonly Transcript[] {
  const at = lines.findIndex((known) => known.id === line.id);
  if (at < 0) return line.text || !line.final ? [...lines, line] : lines;
  if (lines[at]?.final && !line.final) return lines;
  // A turn that turns out to hold nothing disappears.
  return line.final && !line.text ? lines.toSpliced(at, 1) : lines.with(at, line);
}

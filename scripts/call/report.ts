import type { EndReason, Transcript } from '../../shared/events.ts';
import { spread } from './percentiles.ts';

export type TurnReport = {
  /** What the caller meant to say: the text, or the name of the recording. */
  said: string;
  /** What the server understood, from its captions. */
  caller: string;
  assistant: string;
  /** Last audible sample of the caller → first of the answer; null when there was none or it came too early. */
  voiceToVoiceMs: number | null;
  /** The same from sending, for a turn in writing. */
  textToVoiceMs: number | null;
  /** First audible sample of the caller → the assistant silent for good; only when it was interrupted. */
  bargeInStopMs: number | null;
  /** The assistant began to speak before the caller had finished. */
  talkedOver: boolean;
};

export type CallReport = {
  callId: string | null;
  /** `POST /v1/sessions` → `media.ready`. */
  setUpMs: number | null;
  greeting: string;
  /** Answered (`media.ready` sent) → first audible sample. */
  greetingMs: number | null;
  turns: TurnReport[];
  transcript: Pick<Transcript, 'speaker' | 'text' | 'language' | 'atMs'>[];
  ended: EndReason | null;
  audio: { packets: number; lostPackets: number; gapsMs: number[]; lostMicrophoneFrames: number };
  errors: { code: string; message: string }[];
};

export function callFailed(report: CallReport): boolean {
  return report.errors.length > 0;
}

/** One call for people to read. */
export function describeCall(report: CallReport): string {
  const heard = report.turns.flatMap((turn) => [
    `caller     ${turn.said}`,
    ...(turn.caller && turn.caller !== turn.said ? [`  heard as ${turn.caller}`] : []),
    `assistant  ${turn.assistant || '(nothing)'}   ${describeTiming(turn)}`,
  ]);
  const latencies = spread(report.turns.flatMap(({ voiceToVoiceMs }) => voiceToVoiceMs ?? []));
  const { gapsMs, lostPackets, packets } = report.audio;
  return [
    `call ${report.callId ?? '(none)'}, set up in ${ms(report.setUpMs)}`,
    `assistant  ${report.greeting || '(nothing)'}   [greeting after ${ms(report.greetingMs)}]`,
    ...heard,
    ...(latencies
      ? [`voice to voice: p50 ${ms(latencies.p50)}, p95 ${ms(latencies.p95)} over ${latencies.count} turns`]
      : []),
    `audio: ${packets} packets, ${lostPackets} lost, ${gapsMs.length} audible gaps`,
    `ended: ${report.ended ?? 'never'}`,
    ...report.errors.map(({ code, message }) => `✗ ${code}: ${message}`),
  ].join('\n');
}

/** Many calls at once, in a few lines. */
export function describeLoad(reports: readonly CallReport[]): string {
  const line = (name: string, numbers: number[]) => {
    const figures = spread(numbers);
    return figures
      ? `${name}: p50 ${ms(figures.p50)}, p95 ${ms(figures.p95)}, worst ${ms(figures.max)} (${figures.count})`
      : `${name}: none`;
  };
  const turns = reports.flatMap((report) => report.turns);
  const failed = reports.filter(callFailed);
  return [
    `${reports.length} calls, ${failed.length} failed`,
    line(
      'set-up',
      reports.flatMap(({ setUpMs }) => setUpMs ?? []),
    ),
    line(
      'greeting',
      reports.flatMap(({ greetingMs }) => greetingMs ?? []),
    ),
    line(
      'voice to voice',
      turns.flatMap(({ voiceToVoiceMs }) => voiceToVoiceMs ?? []),
    ),
    `audible gaps: ${reports.reduce((sum, { audio }) => sum + audio.gapsMs.length, 0)}`,
    ...failed.flatMap(({ errors }) => errors.map(({ code, message }) => `✗ ${code}: ${message}`)),
  ].join('\n');
}

function describeTiming(turn: TurnReport): string {
  const parts = [
    turn.talkedOver ? 'spoke too early' : `after ${ms(turn.voiceToVoiceMs ?? turn.textToVoiceMs)}`,
    ...(turn.bargeInStopMs === null ? [] : [`stopped within ${ms(turn.bargeInStopMs)}`]),
  ];
  return `[${parts.join(', ')}]`;
}

function ms(number: number | null): string {
  return number === null ? '—' : `${Math.round(number)} ms`;
}

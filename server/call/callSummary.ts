import type { CallState, EndReason, Transcript } from '../../shared/events.ts';

/** What is told of a call: while it runs as it is now, and afterwards as its timeline has it. */
export type CallSummary = {
  id: string;
  sessionId: string;
  site: string;
  state: CallState;
  /** Null while it runs. */
  reason: EndReason | null;
  channel: 'voice' | 'text';
  language: string;
  /** Milliseconds since the epoch. */
  startedAt: number;
  durationMs: number;
  transcript: Transcript[];
};

type Summed = Pick<CallSummary, 'id' | 'state' | 'language' | 'startedAt' | 'durationMs'> & {
  session: { id: string; siteKey: string };
  endReason: EndReason | null;
  line: unknown;
  transcript(): Transcript[];
};

export function summaryOf(call: Summed): CallSummary {
  const { id, session, state, endReason, line, language, startedAt, durationMs } = call;
  return {
    id,
    sessionId: session.id,
    site: session.siteKey,
    state,
    reason: endReason,
    channel: line ? 'voice' : 'text',
    language,
    startedAt,
    durationMs,
    transcript: call.transcript(),
  };
}

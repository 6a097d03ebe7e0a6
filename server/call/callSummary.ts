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

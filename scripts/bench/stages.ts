import type { TimelineEntry } from '../../shared/timeline.ts';

/** Where the time between the caller's last sound and the answer's first went, in ms. */
export type Stages = {
  /** Silence that the turn detector waited for. */
  endOfTurnMs: number;
  sttMs: number;
  policyMs: number;
  ttsMs: number;
  /** Queues and everything else inside the server. */
  restMs: number;
  /** From the caller's last sound to the first audio sent, as the server sees it. */
  serverMs: number;
};

/** Each turn of a timeline that was spoken, understood and answered by voice. */
export function stagesOf(timeline: readonly TimelineEntry[]): Stages[] {
  const stages: Stages[] = [];
  for (const [index, entry] of timeline.entries()) {
    if (entry.type !== 'turn.end') continue;
    const next = timeline.findIndex(({ type }, at) => at > index && type === 'turn.end');
    const found = stagesOfTurn(entry, timeline.slice(index + 1, next === -1 ? undefined : next));
    if (found) stages.push(found);
  }
  return stages;
}

function stagesOfTurn(turnEnd: TimelineEntry, after: readonly TimelineEntry[]): Stages | null {
  const first = (type: TimelineEntry['type']) => after.find((entry) => entry.type === type);
  const audio = first('assistant.audio.start');
  if (!audio || !first('stt.final') || !first('policy.reply')) return null;
  const endOfTurnMs = numberOf(turnEnd, 'waitedMs');
  const sttMs = numberOf(first('stt.final'), 'durationMs');
  const policyMs = numberOf(first('policy.reply'), 'durationMs');
  const ttsMs = numberOf(first('tts.first'), 'durationMs');
  const serverMs = audio.tMs - (turnEnd.tMs - endOfTurnMs);
  const restMs = serverMs - endOfTurnMs - sttMs - policyMs - ttsMs;
  return { endOfTurnMs, sttMs, policyMs, ttsMs, restMs, serverMs };
}

function numberOf(entry: TimelineEntry | undefined, key: string): number {
  const value = entry?.[key];
  return typeof value === 'number' ? value : 0;
}

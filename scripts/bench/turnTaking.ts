import { followTurnTaking } from '../../server/telemetry/turnTaking.ts';
import type { TimelineEntry } from '../../shared/timeline.ts';

/** The four figures over all turns of some calls; null where nothing was to be counted. */
export type TurnTaking = {
  responseMs: number | null;
  stopMs: number | null;
  interruptionsATurn: number | null;
  selectivity: number | null;
};

/** From timelines; the same reckoning as `/metrics`. */
export function turnTakingOf(timelines: readonly (readonly TimelineEntry[])[]): TurnTaking {
  const responses: number[] = [];
  const stops: number[] = [];
  const backchannels: number[] = [];
  let turns = 0;
  let interruptions = 0;
  for (const timeline of timelines) {
    const follow = followTurnTaking({
      response: (ms) => responses.push(ms),
      stop: (ms) => stops.push(ms),
      turn: () => (turns += 1),
      interruptedCaller: () => (interruptions += 1),
      backchannel: (ignored) => backchannels.push(ignored ? 1 : 0),
    });
    for (const entry of timeline) follow(entry);
  }
  return {
    responseMs: mean(responses),
    stopMs: mean(stops),
    interruptionsATurn: turns === 0 ? null : interruptions / turns,
    selectivity: mean(backchannels),
  };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

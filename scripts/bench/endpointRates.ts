import type { TurnTrace } from './turnTrace.ts';

/** When a turn would be taken; null: never. */
export type Taking = (trace: TurnTrace) => number | null;

export type EndpointRates = {
  turns: number;
  innerPauses: number;
  /**
   * Share of the inner pauses in which a turn would have been taken, 0…1, each pause by itself: how detectors that decide
   * at each pause are judged (Raux & Eskenazi 2008, "Optimizing Endpointing Thresholds", after Ferrer, Shriberg & Stolcke
   * 2002, "Is the Speaker Done Yet?").
   */
  cutPauses: number;
  /** Share of the turns with an inner pause that were taken before their end, 0…1: the hardest way to count. */
  cutTurns: number;
  /** The same turns beside all turns, with or without a pause. */
  cutOfAll: number;
  /** From the true end to the taking, over the turns that were heard to their end. */
  meanWaitMs: number;
  waitsMs: number[];
  /** Turns that were never taken. */
  missed: number;
};

/** A pause that no detector can see, or that nobody would take for one. */
const SHORTEST_PAUSE_MS = 200;

/** With the rule's own waits times `scale`. */
export const ruleTakes =
  (scale: number): Taking =>
  ({ moments }) =>
    moments.find(({ silenceMs, waitMs }) => silenceMs >= scale * waitMs)?.atMs ?? null;

/** After so much silence as the voice activity sees it, whatever was said. */
export const timerTakes =
  (waitMs: number): Taking =>
  ({ moments }) =>
    moments.find(({ silenceMs }) => silenceMs >= waitMs)?.atMs ?? null;

export function endpointRates(traces: readonly TurnTrace[], taking: Taking): EndpointRates {
  const waitsMs: number[] = [];
  let innerPauses = 0;
  let withPauses = 0;
  let cut = 0;
  let cutPauses = 0;
  let missed = 0;
  for (const trace of traces) {
    const pauses = innerPausesOf(trace);
    innerPauses += pauses.length;
    if (pauses.length > 0) withPauses += 1;
    cutPauses += pauses.filter((pause) => isTakenIn(pause, trace, taking)).length;
    const endMs = trace.turn.segments.at(-1)?.endMs ?? 0;
    const atMs = taking(trace);
    if (atMs === null) missed += 1;
    else if (atMs < endMs) cut += 1;
    else waitsMs.push(atMs - endMs);
  }
  return {
    turns: traces.length,
    innerPauses,
    cutPauses: cutPauses / Math.max(1, innerPauses),
    cutTurns: cut / Math.max(1, withPauses),
    cutOfAll: cut / Math.max(1, traces.length),
    meanWaitMs: waitsMs.reduce((sum, ms) => sum + ms, 0) / Math.max(1, waitsMs.length),
    waitsMs,
    missed,
  };
}

/** The smallest scale of the waits with no more than `share` of the turns cut off. */
export function scaleFor(traces: readonly TurnTrace[], share: number): number | null {
  for (let scale = 0.4; scale <= 4; scale += 0.02) {
    if (endpointRates(traces, ruleTakes(scale)).cutTurns <= share) return scale;
  }
  return null;
}

/** The shortest plain wait with no more than `share` of the turns cut off. */
export function timerFor(traces: readonly TurnTrace[], share: number): number | null {
  for (let waitMs = 200; waitMs <= 1_900; waitMs += 10) {
    if (endpointRates(traces, timerTakes(waitMs)).cutTurns <= share) return waitMs;
  }
  return null;
}

type Pause = { fromMs: number; toMs: number };

function innerPausesOf({ turn: { segments } }: TurnTrace): Pause[] {
  return segments.flatMap(({ startMs }, at) => {
    const before = segments[at - 1];
    if (!before || startMs - before.endMs < SHORTEST_PAUSE_MS) return [];
    return [{ fromMs: before.endMs, toMs: startMs }];
  });
}

/** As if nothing had been decided before it. */
function isTakenIn({ fromMs, toMs }: Pause, trace: TurnTrace, taking: Taking): boolean {
  const moments = trace.moments.filter(({ atMs }) => atMs > fromMs && atMs < toMs);
  return taking({ ...trace, moments }) !== null;
}

import { WINDOW_MS } from '../../server/turns/speechGate.ts';
import { type Spread, spread } from '../call/percentiles.ts';
import type { Segment } from './turnSet.ts';
import type { Detected } from './vadDetectors.ts';

/** A beginning or an end is measured where there is so much silence on its other side. */
const CLEAR_MS = 300;

export type Judged = { segments: readonly Segment[]; detected: Detected };

export type VadFigures = {
  /** Area under the receiver operating characteristic over windows; 0.5 is chance. Null without both kinds of windows. */
  auc: number | null;
  /** Windows of speech that the gate has closed, and windows without that it has open, 0…1. */
  missed: number;
  falseAlarms: number;
  /** From the true start or end until the gate says so; what it never says counts as the whole segment or silence. */
  startMs: Spread | null;
  stopMs: Spread | null;
  /** Ends that are said in the midst of speech, a minute of speech. */
  flapsAMinute: number;
};

export function vadFigures(judged: readonly Judged[]): VadFigures {
  const windows = judged.flatMap(windowsOf);
  const speech = windows.filter((window) => window.speech);
  const silent = windows.filter((window) => !window.speech);
  const flaps = judged.reduce((sum, one) => sum + flapsOf(one), 0);
  return {
    auc: auc(
      speech.map(({ probability }) => probability),
      silent.map(({ probability }) => probability),
    ),
    missed: share(speech, ({ open }) => !open),
    falseAlarms: share(silent, ({ open }) => open),
    startMs: spread(judged.flatMap(startDelays)),
    stopMs: spread(judged.flatMap(stopDelays)),
    flapsAMinute: flaps / ((speech.length * WINDOW_MS) / 60_000 || 1),
  };
}

/**
 * Chance that a window of speech has a higher probability than one without, ties counting half: the Mann–Whitney
 * statistic, which equals the area under the curve (Hanley & McNeil 1982, Radiology 143:29–36).
 */
export function auc(speech: readonly number[], silent: readonly number[]): number | null {
  if (speech.length === 0 || silent.length === 0) return null;
  const all = [...speech.map((value) => ({ value, one: 1 })), ...silent.map((value) => ({ value, one: 0 }))];
  all.sort((a, b) => a.value - b.value);
  let rankSum = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    let ones = 0;
    while (to < all.length && all[to]?.value === all[from]?.value) ones += all[to++]?.one ?? 0;
    rankSum += ones * ((from + 1 + to) / 2);
    from = to;
  }
  return (rankSum - (speech.length * (speech.length + 1)) / 2) / (speech.length * silent.length);
}

type Window = { speech: boolean; open: boolean; probability: number };

/** A window is speech when most of it is; the gate is as it was left by this window. */
function windowsOf({ segments, detected }: Judged): Window[] {
  let next = 0;
  let open = false;
  return detected.probabilities.map((probability, index) => {
    const startMs = index * WINDOW_MS;
    const endMs = startMs + WINDOW_MS;
    for (; (detected.changes[next]?.nowMs ?? Infinity) <= endMs; next += 1) {
      open = detected.changes[next]?.active ?? open;
    }
    const spokenMs = segments.reduce(
      (sum, segment) =>
        sum + Math.max(0, Math.min(endMs, segment.endMs) - Math.max(startMs, segment.startMs)),
      0,
    );
    return { speech: spokenMs > WINDOW_MS / 2, open, probability };
  });
}

function startDelays({ segments, detected }: Judged): number[] {
  return segments.flatMap(({ startMs, endMs }, at) => {
    if (startMs - (segments[at - 1]?.endMs ?? 0) < CLEAR_MS) return [];
    return [firstMoment(detected, true, startMs, endMs) - startMs];
  });
}

function stopDelays({ segments, detected }: Judged): number[] {
  const overMs = detected.probabilities.length * WINDOW_MS;
  return segments.flatMap(({ endMs }, at) => {
    const nextMs = segments[at + 1]?.startMs ?? overMs;
    if (nextMs - endMs < CLEAR_MS) return [];
    return [firstMoment(detected, false, endMs, nextMs) - endMs];
  });
}

/** When the gate is in a state first, from a moment on; at the latest `untilMs`. */
function firstMoment({ changes }: Detected, active: boolean, fromMs: number, untilMs: number): number {
  const before = changes.findLast(({ nowMs }) => nowMs <= fromMs)?.active ?? false;
  if (before === active) return fromMs;
  const change = changes.find((one) => one.nowMs > fromMs && one.active === active);
  return Math.min(untilMs, change?.nowMs ?? untilMs);
}

function flapsOf({ segments, detected }: Judged): number {
  return detected.changes.filter(
    ({ active, nowMs }) => !active && segments.some(({ startMs, endMs }) => nowMs > startMs && nowMs < endMs),
  ).length;
}

function share<T>(all: readonly T[], holds: (one: T) => boolean): number {
  return all.length === 0 ? 0 : all.filter(holds).length / all.length;
}

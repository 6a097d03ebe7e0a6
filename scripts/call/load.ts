import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../shared/clock.ts';
import { type CallRequest, placeCall } from './caller.ts';
import type { CallReport } from './report.ts';

/** A caller that runs later than this itself makes the answers look late. */
const LATE_MS = 25;
/** Node's histogram holds the time between two samples, this included. */
const SAMPLING_MS = 5;

export type Load = {
  reports: CallReport[];
  /** Of this process while the calls ran. */
  caller: { eventLoopP99Ms: number; cpuShare: number };
  /** What makes the figures doubtful, in words; null when nothing does. */
  warning: string | null;
};

/** Makes all these calls, their starts spread evenly over `rampMs`. Resolves when the last has ended. */
export async function placeCalls(
  requests: readonly CallRequest[],
  { rampMs, clock }: { rampMs: number; clock: Clock },
): Promise<Load> {
  const delay = monitorEventLoopDelay({ resolution: SAMPLING_MS });
  const cpu = process.cpuUsage();
  const startMs = clock.nowMs();
  delay.enable();
  const reports = await Promise.all(
    requests.map(async (request, index) => {
      await pause((rampMs * index) / requests.length);
      return placeCall(request, clock);
    }),
  );
  delay.disable();
  const used = process.cpuUsage(cpu);
  const cpuShare = (used.user + used.system) / 1000 / (clock.nowMs() - startMs);
  const eventLoopP99Ms = Math.max(0, delay.percentile(99) / 1e6 - SAMPLING_MS);
  return { reports, caller: { eventLoopP99Ms, cpuShare }, warning: doubt(eventLoopP99Ms, cpuShare, reports) };
}

function doubt(eventLoopP99Ms: number, cpuShare: number, reports: CallReport[]): string | null {
  const lost = reports.reduce((sum, { audio }) => sum + audio.lostMicrophoneFrames, 0);
  const reasons = [
    ...(eventLoopP99Ms > LATE_MS ? [`its event loop is ${Math.round(eventLoopP99Ms)} ms late (p99)`] : []),
    ...(cpuShare > 0.9 ? [`it uses ${Math.round(cpuShare * 100)} % of a core`] : []),
    ...(lost > 0 ? [`its microphones lost ${lost} frames`] : []),
  ];
  return reasons.length === 0 ? null : `the caller itself is a bottleneck: ${reasons.join(', ')}`;
}

import { systemClock } from '../../shared/clock.ts';
import type { JsonObject } from '../../shared/json.ts';
import { placeCalls } from '../call/load.ts';
import { spread, tenth } from '../call/percentiles.ts';
import { callFailed } from '../call/report.ts';
import { limited, type Measurement, type Row } from './measurement.ts';
import { metricValues } from './metrics.ts';
import { processTree, usage } from './processes.ts';
import { callRequest, SCENARIOS, speakAll } from './scenarios.ts';
import type { ServerUnderTest } from './server.ts';

const LOADS = [4, 8];
const RAMP_MS = 4_000;
/** prom-client samples every 10 ms, and Node's histogram holds the time between two samples. */
const SAMPLING_MS = 10;

/** Several callers at once: what an answer takes then, and what a call costs. */
export const load: Measurement = {
  name: 'load',
  title: 'Several calls at once',
  async run({ quick, server, progress }) {
    const target = await server();
    const scripts = await speakAll(SCENARIOS);
    const rows: Row[] = [];
    const data: JsonObject = {};
    for (const calls of quick ? LOADS.slice(0, 1) : LOADS) {
      progress(`${calls} calls at once`);
      const result = await measure(target, calls, scripts);
      rows.push(...result.rows);
      data[`calls${calls}`] = result.data;
    }
    return { rows, data };
  },
};

async function measure(
  server: ServerUnderTest,
  calls: number,
  scripts: Awaited<ReturnType<typeof speakAll>>,
) {
  const requests = await Promise.all(
    Array.from({ length: calls }, (_, index) => callRequest(server, scripts[index % scripts.length] ?? [])),
  );
  // Reading the metric begins its window anew.
  await server.metrics();
  const before = server.pid === null ? null : usage(processTree(server.pid));
  const startMs = systemClock.nowMs();
  const { reports, warning, caller } = await placeCalls(requests, { rampMs: RAMP_MS, clock: systemClock });
  const elapsedMs = systemClock.nowMs() - startMs;
  const after = server.pid === null ? null : usage(processTree(server.pid));
  const metrics = await server.metrics();
  const eventLoop = { p99Ms: eventLoopDelay(metrics, 'p99'), maxMs: eventLoopDelay(metrics, 'max') };
  const share = (part: 'node' | 'worker' | 'database') =>
    before && after ? (100 * (after[part].cpuMs - before[part].cpuMs)) / elapsedMs / calls : null;
  const turns = reports.flatMap((report) => report.turns);
  const voiceToVoice = spread(turns.flatMap(({ voiceToVoiceMs }) => voiceToVoiceMs ?? []));
  const gaps = reports.flatMap(({ audio }) => audio.gapsMs);
  const failed = reports.filter(callFailed);
  const cpu = {
    nodePercentPerCall: share('node'),
    workerPercentPerCall: share('worker'),
    databasePercentPerCall: share('database'),
  };
  const name = (what: string) => `${calls} calls: ${what}`;
  return {
    rows: [
      limited(name('voice to voice p50'), voiceToVoice?.p50, 700),
      limited(name('voice to voice p95'), voiceToVoice?.p95, 1200),
      { name: name('audible gaps'), value: String(gaps.length), limit: '0', met: gaps.length === 0 },
      {
        name: name('CPU a call'),
        value: `${percent(cpu.nodePercentPerCall)} node, ${percent(cpu.workerPercentPerCall)} media worker, ${percent(cpu.databasePercentPerCall)} database`,
      },
      {
        name: name('memory'),
        value: after
          ? `${Math.round(after.node.rssMb)} MB node, ${Math.round(after.worker.rssMb)} MB media worker, ${Math.round(after.database.rssMb)} MB database`
          : '—',
      },
      {
        name: name('event loop late'),
        value: `p99 ${late(eventLoop.p99Ms)}, worst ${late(eventLoop.maxMs)}`,
      },
      { name: name('failed'), value: String(failed.length), limit: '0', met: failed.length === 0 },
      ...(warning ? [{ name: name('doubt'), value: warning }] : []),
    ] satisfies Row[],
    data: {
      calls,
      voiceToVoice,
      gapsMs: gaps,
      cpu,
      memory: after,
      eventLoop,
      caller,
      errors: failed.flatMap(({ errors }) => errors),
      callerWarning: warning,
    } satisfies JsonObject,
  };
}

/** How late the server's event loop was since the last reading. */
function eventLoopDelay(metrics: string, figure: 'p99' | 'max'): number | null {
  const [seconds] = metricValues(metrics, `nodejs_eventloop_lag_${figure}_seconds`);
  return seconds === undefined ? null : Math.max(0, seconds * 1000 - SAMPLING_MS);
}

function late(delayMs: number | null): string {
  return delayMs === null ? '—' : `${tenth(delayMs)} ms`;
}

function percent(share: number | null): string {
  return share === null ? '—' : `${share.toFixed(1)} %`;
}

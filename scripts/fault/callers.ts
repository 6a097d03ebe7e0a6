import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../shared/clock.ts';
import { metricValues } from '../bench/metrics.ts';
import { placeCall } from '../call/caller.ts';
import type { CallReport } from '../call/report.ts';
import type { Turn } from '../call/turn.ts';
import type { FaultStage } from './stage.ts';

const EMPTY_LIMIT_MS = 30_000;
/** Connections that are kept alive for the next request end by then. */
const SETTLE_MS = 6_000;

/** A synthetic caller who says these turns on the demo shop's first page. */
export function callOf(stage: FaultStage, turns: readonly Turn[]): Promise<CallReport> {
  return placeCall(
    {
      url: stage.server.url,
      origin: stage.shop,
      site: 'demo',
      lang: 'en',
      page: `${stage.shop}/`,
      context: {},
      identity: null,
      turns,
      bargeInMs: null,
      dtx: false,
    },
    systemClock,
  );
}

/** No call runs any more, and what they have left behind had time to go. */
export async function untilEmpty(stage: FaultStage, limitMs = EMPTY_LIMIT_MS): Promise<void> {
  const untilMs = performance.now() + limitMs;
  for (;;) {
    const [running] = metricValues(await stage.server.metrics(), 'segue_calls_running');
    if (running === 0) break;
    if (performance.now() > untilMs) throw new Error(`${running} calls still run`);
    await pause(250);
  }
  await pause(SETTLE_MS);
}

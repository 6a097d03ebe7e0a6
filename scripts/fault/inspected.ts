import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../shared/clock.ts';
import { metricValues } from '../bench/metrics.ts';
import { placeCall } from '../call/caller.ts';
import type { CallReport } from '../call/report.ts';
import type { Turn } from '../call/turn.ts';
import { type Holdings, Inspector } from './inspector.ts';
import { FaultStage } from './stage.ts';

const EMPTY_LIMIT_MS = 30_000;
/** Connections that are kept alive for the next request end by then. */
const SETTLE_MS = 6_000;

/** A server that can be looked into. */
export class Inspected {
  readonly stage: FaultStage;
  readonly #inspector: Inspector;

  private constructor(stage: FaultStage, inspector: Inspector) {
    this.stage = stage;
    this.#inspector = inspector;
  }

  /** Sets the stage and takes it down again. */
  static async during<Value>(run: (inspected: Inspected) => Promise<Value>): Promise<Value> {
    const inspector = new Inspector();
    const stage = await FaultStage.open({ flags: inspector.flags, env: inspector.env });
    try {
      return await run(new Inspected(stage, inspector));
    } finally {
      await stage.close();
      inspector.close();
    }
  }

  look(): Promise<Holdings> {
    return this.#inspector.look(this.stage.server);
  }

  /** A call of a caller without a browser. */
  async talk(turns: readonly Turn[]): Promise<CallReport> {
    const { server, shop } = this.stage;
    const about = { site: 'demo', lang: 'en', page: `${shop}/`, context: {}, identity: null };
    const request = { url: server.url, origin: shop, ...about, turns, bargeInMs: null, dtx: false };
    return await placeCall(request, systemClock);
  }

  /** No call runs any more, and what they have left behind had time to go. */
  async untilEmpty(limitMs = EMPTY_LIMIT_MS): Promise<void> {
    const untilMs = performance.now() + limitMs;
    for (;;) {
      const [running] = metricValues(await this.stage.server.metrics(), 'segue_calls_running');
      if (running === 0) break;
      if (performance.now() > untilMs) throw new Error(`${running} calls still run`);
      await pause(250);
    }
    await pause(SETTLE_MS);
  }
}

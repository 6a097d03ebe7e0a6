import { loadSilero } from '../../server/speech/engines/silero.ts';
import { systemClock } from '../../shared/clock.ts';
import { placeCall } from '../call/caller.ts';
import { spread } from '../call/percentiles.ts';
import { callFailed } from '../call/report.ts';
import { limited, type Measurement } from './measurement.ts';
import { callRequest, INTERRUPTIONS, speakAll } from './scenarios.ts';

const CALLS = 4;
const QUICK_CALLS = 1;
/** Far enough into an utterance that it would go on for seconds. */
const BARGE_IN_MS = 700;

type Stops = { stopsMs: number[]; errors: { code: string; message: string }[] };

/**
 * How long the assistant is still heard after the caller has begun to speak over it, from their first audible sample
 * to its last one at their ear; by callers whose device tells what it hears, and by such that do not.
 */
export const bargeIn: Measurement = {
  name: 'barge-in',
  title: 'Interruption',
  async run({ quick, server, progress }) {
    const target = await server();
    const [turns = []] = await speakAll([INTERRUPTIONS]);
    const ears = await loadSilero();
    const hinted: Stops = { stopsMs: [], errors: [] };
    const unhinted: Stops = { stopsMs: [], errors: [] };
    try {
      const calls = quick ? QUICK_CALLS : CALLS;
      for (let index = 0; index < 2 * calls; index++) {
        const hints = index % 2 === 0;
        const request = { ...(await callRequest(target, turns)), bargeInMs: BARGE_IN_MS };
        const report = await placeCall({ ...request, ...(hints ? { ears } : {}) }, systemClock);
        progress(`call ${index + 1} of ${2 * calls}`);
        const stops = hints ? hinted : unhinted;
        stops.stopsMs.push(...report.turns.flatMap(({ bargeInStopMs }) => bargeInStopMs ?? []));
        if (callFailed(report)) stops.errors.push(...report.errors);
      }
    } finally {
      await ears.close();
    }
    const withHints = spread(hinted.stopsMs);
    const without = spread(unhinted.stopsMs);
    const errors = [...hinted.errors, ...unhinted.errors];
    return {
      rows: [
        {
          name: 'interruptions',
          value: `${withHints?.count ?? 0} with hints, ${without?.count ?? 0} without`,
        },
        limited('silent after p50', withHints?.p50, 200),
        limited('silent after p95', withHints?.p95, 200),
        limited('without hints p50', without?.p50, 200),
        limited('without hints p95', without?.p95, 200),
        { name: 'errors', value: String(errors.length), limit: '0', met: errors.length === 0 },
      ],
      data: { stop: withHints, unhinted: without, ...hinted, unhintedStopsMs: unhinted.stopsMs, errors },
    };
  },
};

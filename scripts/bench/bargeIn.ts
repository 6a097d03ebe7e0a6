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

/** How long the assistant is still heard after the caller has begun to speak over it. */
export const bargeIn: Measurement = {
  name: 'barge-in',
  title: 'Interruption',
  async run({ quick, server, progress }) {
    const target = await server();
    const [turns = []] = await speakAll([INTERRUPTIONS]);
    const stops: number[] = [];
    const errors: { code: string; message: string }[] = [];
    const calls = quick ? QUICK_CALLS : CALLS;
    for (let index = 0; index < calls; index++) {
      const request = { ...(await callRequest(target, turns)), bargeInMs: BARGE_IN_MS };
      const report = await placeCall(request, systemClock);
      progress(`call ${index + 1} of ${calls}`);
      stops.push(...report.turns.flatMap(({ bargeInStopMs }) => bargeInStopMs ?? []));
      if (callFailed(report)) errors.push(...report.errors);
    }
    const stop = spread(stops);
    return {
      rows: [
        { name: 'interruptions', value: String(stop?.count ?? 0) },
        limited('silent after p50', stop?.p50, 300),
        limited('silent after p95', stop?.p95, 300),
        { name: 'errors', value: String(errors.length), limit: '0', met: errors.length === 0 },
      ],
      data: { stop, stopsMs: stops, errors },
    };
  },
};

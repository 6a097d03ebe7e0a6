import type { JsonObject } from '../../shared/json.ts';
import { runFaults } from '../fault/runFaults.ts';
import { summaryJson } from '../fault/scenario.ts';
import { possiblePath } from '../fault/scenarios/network.ts';
import { SCENARIOS } from '../fault/scenarios.ts';
import type { Measurement, Row } from './measurement.ts';

const RUNS = 3;
const QUICK_RUNS = 1;

/** What is heard of each fault: `npm run fault`, kept beside the other figures. */
export const faults: Measurement = {
  name: 'faults',
  title: 'Faults in the middle of a call',
  onRequest: true,
  async run({ quick, progress }) {
    const runs = quick ? QUICK_RUNS : RUNS;
    const path = possiblePath(null);
    const { summaries } = await runFaults(SCENARIOS, { runs, times: 1, path, progress });
    const limits = new Map(SCENARIOS.map(({ name, limitMs }) => [name, limitMs]));
    const rows = summaries.map(({ name, figures, passed }): Row => {
      const limitMs = limits.get(name);
      const { gapP50Ms, gapMaxMs, lost, doubled, failed } = figures;
      const ms = (value: number | null) => (value === null ? '—' : `${Math.round(value)} ms`);
      return {
        name,
        value: `gap p50 ${ms(gapP50Ms)}, max ${ms(gapMaxMs)}, ${lost} lost, ${doubled} twice, ${failed} failed`,
        ...(limitMs === undefined ? {} : { limit: `≤ ${limitMs} ms` }),
        met: passed,
      };
    });
    const data: JsonObject = Object.fromEntries(
      summaries.map((summary) => [summary.name, summaryJson(summary)]),
    );
    return { rows, data };
  },
};

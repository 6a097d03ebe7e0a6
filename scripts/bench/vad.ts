import { energyVad } from '../../server/speech/engines/energyVad.ts';
import { loadSilero } from '../../server/speech/engines/silero.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { Measurement, Row } from './measurement.ts';
import { type Detector, deviceDetector, deviceWeights, serverDetector } from './vadDetectors.ts';
import { type Judged, type VadFigures, vadFigures } from './vadFigures.ts';
import { type Labelled, labelledSet, mixedSet, RECORDINGS } from './vadSet.ts';

const LEAST_AUC = 0.95;
const STOP_LIMIT_MS = 110;
const QUICK_SHARE = 5;

/** How well and how soon speech is told from what is none, by the server's ears and the page's. */
export const vad: Measurement = {
  name: 'vad',
  title: 'Voice activity: server, page, and what remains without a model',
  async run({ quick, set, progress }) {
    const all = set ? await labelledSet(set) : await mixedSet(RECORDINGS);
    const sounds = quick ? all.filter((_, at) => at % QUICK_SHARE === 0) : all;
    const silero = await loadSilero();
    try {
      const detectors = [
        serverDetector('server', silero, 'voiced'),
        deviceDetector('page', deviceWeights()),
        serverDetector('server, energy', energyVad(), 'open'),
        deviceDetector('page, energy', null),
      ];
      const rows: Row[] = [{ name: 'sounds', value: `${sounds.length}, ${minutes(sounds)} minutes` }];
      const data: JsonObject = {};
      for (const [at, detector] of detectors.entries()) {
        progress(detector.name);
        const judged = await judgeAll(detector, sounds);
        const { all, conditions } = figuresOf(judged);
        rows.push(...rowsOf(detector.name, all, at === 0));
        for (const [condition, figures] of conditions) rows.push(rowOf(condition, figures));
        data[detector.name] = { all, conditions: Object.fromEntries(conditions) };
      }
      return { rows, data };
    } finally {
      await silero.close();
    }
  },
};

type Result = Judged & { condition: string };

async function judgeAll(detector: Detector, sounds: readonly Labelled[]): Promise<Result[]> {
  const results: Result[] = [];
  for (const { pcm16k, segments, condition } of sounds) {
    results.push({ segments, condition, detected: await detector.detect(pcm16k) });
  }
  return results;
}

function figuresOf(judged: readonly Result[]): { all: VadFigures; conditions: Map<string, VadFigures> } {
  const groups = Map.groupBy(judged, ({ condition }) => condition);
  const conditions = new Map([...groups].map(([condition, some]) => [condition, vadFigures(some)]));
  return { all: vadFigures(judged), conditions: conditions.size > 1 ? conditions : new Map() };
}

/** What the project promises is promised of the server's model: it decides. */
function rowsOf(name: string, figures: VadFigures, promised: boolean): Row[] {
  const { auc, stopMs } = figures;
  const row = rowOf(name, figures);
  if (!promised) return [row];
  return [
    {
      name: 'area under the curve',
      value: auc?.toFixed(3) ?? '—',
      limit: `≥ ${LEAST_AUC}`,
      met: (auc ?? 0) >= LEAST_AUC,
    },
    {
      name: 'speech over → noticed, median',
      value: ms(stopMs?.p50),
      limit: `≤ ${STOP_LIMIT_MS} ms`,
      met: (stopMs?.p50 ?? Infinity) <= STOP_LIMIT_MS,
    },
    row,
  ];
}

function rowOf(name: string, { auc, startMs, stopMs, missed, falseAlarms, flapsAMinute }: VadFigures): Row {
  const value = [
    `AUC ${auc?.toFixed(3) ?? '—'}`,
    `start ${ms(startMs?.p50)}, p95 ${ms(startMs?.p95)}`,
    `stop ${ms(stopMs?.p50)}, p95 ${ms(stopMs?.p95)}`,
    `missed ${percent(missed)}`,
    `false ${percent(falseAlarms)}`,
    `ends in mid-speech ${flapsAMinute.toFixed(1)}/min`,
  ].join(' · ');
  return { name: `  ${name}`, value };
}

const ms = (value: number | undefined): string => (value === undefined ? '—' : `${Math.round(value)} ms`);
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;

function minutes(sounds: readonly Labelled[]): string {
  return (sounds.reduce((sum, { pcm16k }) => sum + pcm16k.length, 0) / 16_000 / 60).toFixed(1);
}

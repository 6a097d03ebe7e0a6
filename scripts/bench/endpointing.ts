import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { energyVad } from '../../server/speech/engines/energyVad.ts';
import { loadSilero } from '../../server/speech/engines/silero.ts';
import { loadVosk } from '../../server/speech/engines/vosk.ts';
import type { SttEngine } from '../../server/speech/stt.ts';
import { libvoskFile, modelDir, userCacheDir } from '../../shared/cache.ts';
import type { JsonObject } from '../../shared/json.ts';
import { spread } from '../call/percentiles.ts';
import { endpointRates, ruleTakes, scaleFor, timerFor, timerTakes } from './endpointRates.ts';
import { type LabelledTurn, labelledTurns } from './labelledTurns.ts';
import { limited, type Measurement, type Row } from './measurement.ts';
import { readTurnSet } from './turnSet.ts';
import { type TraceEngines, type TurnTrace, traceTurn } from './turnTrace.ts';

/** Real recordings beside the project, where the machine has them. */
const RECORDINGS = join(import.meta.dirname, '..', '..', '..', 'shared', 'speech');
const AT_ONCE = 2;
const QUICK_SHARE = 5;
/** So many turns are cut off at most. */
const CUT_OFF_SHARE = 0.05;
const MEAN_WAIT_MS = 650;
/** Waits of a plain timer that the rule is measured against. */
const TIMERS_MS = [300, 600];
const SCALES = [0.5, 0.75, 1, 1.25, 1.5, 2];

/** Whether callers who pause are let finish, and how long callers who have finished wait. */
export const endpointing: Measurement = {
  name: 'endpointing',
  title: 'End of turn: callers cut off, and how long the others wait',
  async run({ quick, set, progress }) {
    const folder = set ?? RECORDINGS;
    if (!existsSync(folder)) throw new Error('no recordings here: --set DIR');
    const engines = await openEngines();
    try {
      const all = await labelledTurns(await readTurnSet(folder), engines);
      const turns = quick ? all.filter((_, index) => index % QUICK_SHARE === 0) : all;
      progress(`${turns.length} turns of ${folder}`);
      return describe(await traceAll(turns, engines));
    } finally {
      await Promise.all([engines.vad.close(), engines.stt?.close()]);
    }
  },
};

/** English has a recogniser where set-up has put one; other languages are judged without their words. */
export async function openEngines(): Promise<TraceEngines> {
  return { vad: await loadSilero(), vadFallback: energyVad(), stt: await openRecogniser() };
}

async function openRecogniser(): Promise<SttEngine | null> {
  const cache = userCacheDir();
  const libraryFile = libvoskFile(cache);
  const folder = modelDir(cache, 'vosk-en');
  if (!libraryFile || !existsSync(libraryFile) || !existsSync(folder)) return null;
  return await loadVosk({ language: 'en', libraryFile, modelDir: folder });
}

/** Each turn through the detector, in the order given. */
export async function traceAll(turns: readonly LabelledTurn[], engines: TraceEngines): Promise<TurnTrace[]> {
  const traces: TurnTrace[] = [];
  const waiting = [...turns.entries()];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, turn] = next;
      traces[index] = await traceTurn(turn, engines);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return traces;
}

function describe(traces: readonly TurnTrace[]): { rows: Row[]; data: JsonObject } {
  const ours = endpointRates(traces, ruleTakes(1));
  const waits = spread(ours.waitsMs);
  const scale = scaleFor(traces, CUT_OFF_SHARE);
  const timer = timerFor(traces, CUT_OFF_SHARE);
  const atScale = scale === null ? null : endpointRates(traces, ruleTakes(scale)).meanWaitMs;
  const atTimer = timer === null ? null : endpointRates(traces, timerTakes(timer)).meanWaitMs;
  const groups = [
    ...groupsOf(traces, ({ turn }) => turn.language),
    ...groupsOf(traces, ({ turn }) => turn.kind),
  ];
  return {
    rows: [
      {
        name: 'cut off, of the turns with an inner pause',
        value: percent(ours.cutTurns),
        limit: `≤ ${percent(CUT_OFF_SHARE)}`,
        met: ours.cutTurns <= CUT_OFF_SHARE,
      },
      { name: '  of all turns', value: `${percent(ours.cutOfAll)} of ${ours.turns}` },
      {
        name: '  of the inner pauses, each by itself',
        value: `${percent(ours.cutPauses)} of ${ours.innerPauses}`,
      },
      limited('mean wait', ours.meanWaitMs, MEAN_WAIT_MS),
      { name: 'wait', value: `p50 ${waits?.p50 ?? '—'} ms, p95 ${waits?.p95 ?? '—'} ms` },
      { name: 'never taken', value: String(ours.missed) },
      {
        name: `mean wait at ${percent(CUT_OFF_SHARE)} cut off`,
        value: `${ms(atScale)} (waits × ${scale?.toFixed(2) ?? '—'}); plain timer ${ms(atTimer)}`,
      },
      ...TIMERS_MS.map((waitMs) => ({
        name: `plain timer of ${waitMs} ms`,
        value: told(endpointRates(traces, timerTakes(waitMs))),
      })),
      ...SCALES.map((one) => ({
        name: `waits × ${one}`,
        value: told(endpointRates(traces, ruleTakes(one))),
      })),
      ...groups.map(([name, some]) => ({
        name: `  ${name} (${some.length})`,
        value: told(endpointRates(some, ruleTakes(1))),
      })),
      ...groupsOf(traces.filter(cutOff), reasonAtCut).map(([reason, some]) => ({
        name: `  cut off as ${reason}`,
        value: String(some.length),
      })),
    ],
    data: {
      turns: traces.length,
      cutTurns: ours.cutTurns,
      cutOfAll: ours.cutOfAll,
      cutPauses: ours.cutPauses,
      meanWaitMs: ours.meanWaitMs,
      waits,
      missed: ours.missed,
      scaleAtLimit: scale,
      meanWaitAtLimitMs: atScale,
      timerAtLimitMs: timer,
      timerMeanWaitAtLimitMs: atTimer,
      groups: Object.fromEntries(
        groups.map(([name, some]) => {
          const { cutTurns, meanWaitMs } = endpointRates(some, ruleTakes(1));
          return [name, { turns: some.length, cutTurns, meanWaitMs }] as const;
        }),
      ),
    },
  };
}

function cutOff(trace: TurnTrace): boolean {
  const { cutTurns } = endpointRates([trace], ruleTakes(1));
  return cutTurns > 0;
}

function reasonAtCut({ moments }: TurnTrace): string {
  return moments.find(({ silenceMs, waitMs }) => silenceMs >= waitMs)?.reason ?? '—';
}

function groupsOf(traces: readonly TurnTrace[], key: (trace: TurnTrace) => string): [string, TurnTrace[]][] {
  return [...Map.groupBy(traces, key)].sort(([one], [other]) => one.localeCompare(other));
}

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const ms = (value: number | null): string => (value === null ? '—' : `${Math.round(value)} ms`);

function told({ cutTurns, meanWaitMs }: { cutTurns: number; meanWaitMs: number }): string {
  return `${percent(cutTurns)} of turns cut off, mean wait ${ms(meanWaitMs)}`;
}

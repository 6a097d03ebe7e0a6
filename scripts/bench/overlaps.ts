import { existsSync } from 'node:fs';
import { energyVad } from '../../server/speech/engines/energyVad.ts';
import { loadFlite } from '../../server/speech/engines/flite.ts';
import { loadSilero } from '../../server/speech/engines/silero.ts';
import { loadVosk } from '../../server/speech/engines/vosk.ts';
import { libvoskFile, modelDir, userCacheDir } from '../../shared/cache.ts';
import type { JsonObject } from '../../shared/json.ts';
import { spread } from '../call/percentiles.ts';
import { type BenchContext, limited, type Measured, type Measurement, type Row } from './measurement.ts';
import { type OverlapEngines, type OverlapResult, overlapCall } from './overlapCall.ts';
import { type Overlapping, overlapScripts, type SetName } from './overlapScripts.ts';
import { type TurnTaking, turnTakingOf } from './turnTaking.ts';

const AT_ONCE = 3;
const QUICK_SHARE = 5;

type Done = { overlap: Overlapping; result: OverlapResult };

/** Whether the assistant stops for what is meant and goes on over what is not. */
export const overlaps: Measurement = {
  name: 'overlaps',
  title: 'Speech over the assistant: interruptions obeyed, backchannels ignored',
  run: (context) => measure('held-out', context),
};

/** The same with what the rules were chosen by; only when it is asked for. */
export const overlapsTuning: Measurement = {
  name: 'overlaps-tuning',
  title: 'Speech over the assistant: what the rules were chosen by',
  onRequest: true,
  run: (context) => measure('tuning', context),
};

async function measure(set: SetName, { quick, progress }: BenchContext): Promise<Measured> {
  const engines = await openEngines();
  try {
    const all = await overlapScripts(engines.tts, set);
    const chosen = quick ? all.filter((_, index) => index % QUICK_SHARE === 0) : all;
    return describe(await callAll(chosen, engines, progress));
  } finally {
    await Promise.all([engines.vad, engines.vadFallback, engines.stt, engines.tts].map((one) => one.close()));
  }
}

/** The server's own engines; rejects where Vosk is not installed. */
export async function openEngines(): Promise<OverlapEngines> {
  const cache = userCacheDir();
  const libraryFile = libvoskFile(cache);
  const folder = modelDir(cache, 'vosk-en');
  if (!libraryFile || !existsSync(libraryFile) || !existsSync(folder)) {
    throw new Error('Vosk is not installed: npm start fetches it');
  }
  const [vad, tts, stt] = await Promise.all([
    loadSilero(),
    loadFlite(),
    loadVosk({ language: 'en', libraryFile, modelDir: folder }),
  ]);
  return { vad, vadFallback: energyVad(), tts, stt };
}

async function callAll(
  chosen: readonly Overlapping[],
  engines: OverlapEngines,
  progress: (line: string) => void,
): Promise<Done[]> {
  const waiting = [...chosen];
  const done: Done[] = [];
  const lane = async (): Promise<void> => {
    for (let overlap = waiting.shift(); overlap; overlap = waiting.shift()) {
      const result = await overlapCall(overlap.script, engines);
      done.push({ overlap, result });
      const right = interrupted(result) === (overlap.kind === 'interruption');
      if (!right) progress(`wrong: ${overlap.kind} ${overlap.said} → ${told(result)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return done;
}

const interrupted = ({ timeline }: OverlapResult): boolean =>
  timeline.some(({ type }) => type === 'assistant.interrupted');

function told({ timeline }: OverlapResult): string {
  const kept = timeline.filter(({ type }) => /interrupted|resumed|stt.final/.test(type));
  return JSON.stringify(kept.map(({ type, text, reason }) => [type, text ?? reason ?? '']));
}

function describe(done: readonly Done[]): { rows: Row[]; data: JsonObject } {
  const of = (kind: Overlapping['kind']) => done.filter(({ overlap }) => overlap.kind === kind);
  const meant = of('interruption');
  const obeyed = share(meant, ({ result }) => interrupted(result));
  const ignored = share(of('backchannel'), ({ result }) => !interrupted(result));
  const sounds = share(of('sound'), ({ result }) => !interrupted(result));
  const others = share(of('background'), ({ result }) => !interrupted(result));
  const nothing = done.filter(({ overlap }) => overlap.kind !== 'interruption');
  const falsely = share(nothing, ({ result }) => interrupted(result));
  const stops = spread(meant.flatMap(({ result }) => result.silentAfterMs ?? []));
  const held = spread(
    done.flatMap(({ result }) =>
      result.timeline.flatMap(({ type, heldMs }) =>
        type === 'assistant.resumed' && typeof heldMs === 'number' ? [heldMs] : [],
      ),
    ),
  );
  const taking = turnTakingOf(done.map(({ result }) => result.timeline));
  return {
    rows: [
      promised(`interruptions obeyed (${meant.length})`, obeyed, 0.98),
      promised(`backchannels ignored (${of('backchannel').length})`, ignored, 0.95),
      promised(`coughs and knocks ignored (${of('sound').length})`, sounds, 0.95),
      promised(`others’ talk at −20 dB ignored (${of('background').length})`, others, 0.95),
      { name: 'false interruptions', value: `${percent(falsely)} of ${nothing.length}` },
      limited('silent after p95, at the pacer', stops?.p95, 300),
      {
        name: 'kept silent over what was dropped',
        value: `p50 ${held?.p50 ?? '—'} ms, p95 ${held?.p95 ?? '—'} ms`,
      },
      ...rowsOf(taking),
    ],
    data: { obeyed, ignored, sounds, others, falsely, stops, held, turnTaking: taking },
  };
}

/** τ-voice's four figures as rows. */
export function rowsOf(taking: TurnTaking): Row[] {
  const ms = (value: number | null): string => (value === null ? '—' : `${Math.round(value)} ms`);
  const { responseMs, stopMs, interruptionsATurn, selectivity } = taking;
  return [
    { name: '  response latency, mean', value: ms(responseMs) },
    { name: '  stop latency, mean', value: ms(stopMs) },
    { name: '  interruptions by the assistant', value: `${interruptionsATurn?.toFixed(2) ?? '—'} a turn` },
    { name: '  backchannel selectivity', value: selectivity === null ? '—' : percent(selectivity) },
  ];
}

function share(of: readonly Done[], holds: (one: Done) => boolean): number {
  return of.length === 0 ? 0 : of.filter(holds).length / of.length;
}

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;

function promised(name: string, value: number, least: number): Row {
  return { name, value: percent(value), limit: `≥ ${100 * least} %`, met: value >= least };
}

import type { JsonObject } from '../../shared/json.ts';
import type { Row } from '../bench/measurement.ts';
import { type DropsResult, drops } from './drops.ts';
import type { Slope } from './slope.ts';
import { type SoakResult, soak } from './soak.ts';

export type LongRunOptions = {
  minutes: number;
  calls: number;
  seconds: number;
  rate: number;
  progress: (line: string) => void;
};

/** What lasts instead of breaking: run by name as the faults are. */
export type LongRun = {
  name: string;
  about: string;
  run(options: LongRunOptions): Promise<{ rows: Row[]; data: JsonObject }>;
};

export const LONG_RUNS: readonly LongRun[] = [
  {
    name: 'soak',
    about:
      'four synthetic callers for an hour (--minutes, --calls): does memory grow, is anything left behind',
    async run({ minutes, calls, progress }) {
      const result = await soak({ durationMs: minutes * 60_000, calls, progress });
      return { rows: soakRows(result), data: result as unknown as JsonObject };
    },
  },
  {
    name: 'drops',
    about:
      '100 visitors a second for a minute who connect and are gone (--rate, --seconds), while others talk',
    async run({ seconds, rate, progress }) {
      const result = await drops({ durationMs: seconds * 1_000, perSecond: rate, progress });
      return { rows: dropsRows(result), data: result as unknown as JsonObject };
    },
  },
];

function soakRows(result: SoakResult): Row[] {
  const slope = (name: string, line: Slope | null): Row => ({
    name,
    value: line
      ? `${line.value.toFixed(1)} MB/h (95 %: ${line.from.toFixed(1)} … ${line.to.toFixed(1)})`
      : 'too few samples',
  });
  const { before, after } = result;
  return [
    { name: 'calls', value: String(result.calls) },
    { name: 'failed', value: String(result.failedCalls), limit: '0', met: result.failedCalls === 0 },
    slope('memory of the server', result.rss),
    slope('its heap after collection', result.heap),
    slope('without compiled code', result.data),
    slope('memory of the media workers', result.worker),
    { name: 'slopes', value: result.flat ? 'within noise' : 'growing', met: result.flat },
    { name: 'transports', value: `${before.media.transports} before, ${after.media.transports} after` },
    { name: 'open files', value: `${before.files.server} before, ${after.files.server} after` },
    { name: 'timers', value: `${before.active.Timeout ?? 0} before, ${after.active.Timeout ?? 0} after` },
    leakRow(result.leaks),
  ];
}

function dropsRows(result: DropsResult): Row[] {
  const { calm, stormy } = result.others;
  const failures = stormy.errors.length + stormy.audio.gapsMs.length;
  const middle = (times: (number | null)[]): string => {
    const known = times.flatMap((ms) => ms ?? []).toSorted((one, other) => one - other);
    const value = known[Math.floor((known.length - 1) / 2)];
    return value === undefined ? '—' : `${Math.round(value)} ms`;
  };
  const voiceToVoice = (turns: DropsResult['others']['calm']['turns']) =>
    middle(turns.map(({ voiceToVoiceMs }) => voiceToVoiceMs));
  const refused = Object.entries(result.refusals).map(([code, count]) => `${count} ${code}`);
  return [
    {
      name: 'came and went',
      value: `${result.attempts}${refused.length > 0 ? `, refused: ${refused.join(', ')}` : ''}`,
    },
    {
      name: 'a call meanwhile',
      value: `${stormy.errors.length} errors, ${stormy.audio.gapsMs.length} gaps`,
      limit: '0',
      met: failures === 0,
    },
    {
      name: 'its answers (p50)',
      value: `${voiceToVoice(stormy.turns)}, without them ${voiceToVoice(calm.turns)}`,
    },
    leakRow(result.leaks),
  ];
}

function leakRow(leaks: string[]): Row {
  return {
    name: 'left behind',
    value: leaks.length === 0 ? 'nothing' : leaks.join('; '),
    met: leaks.length === 0,
  };
}

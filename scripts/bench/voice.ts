import { systemClock } from '../../shared/clock.ts';
import { placeCall } from '../call/caller.ts';
import { spread } from '../call/percentiles.ts';
import { type CallReport, callFailed } from '../call/report.ts';
import { limited, type Measured, type Measurement } from './measurement.ts';
import { callRequest, SCENARIOS, speakAll } from './scenarios.ts';
import type { ServerUnderTest } from './server.ts';
import { type Stages, stagesOf } from './stages.ts';

const CALLS = 8;
const QUICK_CALLS = 2;

/** One caller after the other: how fast is an answer, and where does its time go? */
export const voice: Measurement = {
  name: 'voice',
  title: 'Voice to voice, one call at a time',
  async run({ quick, server, progress }) {
    const target = await server();
    const scripts = await speakAll(SCENARIOS);
    const reports: CallReport[] = [];
    const count = quick ? QUICK_CALLS : CALLS;
    for (let index = 0; index < count; index++) {
      const turns = scripts[index % scripts.length] ?? [];
      const report = await placeCall(await callRequest(target, turns), systemClock);
      progress(`call ${index + 1} of ${count}: ${report.turns.length} turns`);
      reports.push(report);
    }
    return describe(reports, await stagesOfCalls(target, reports));
  },
};

/** The stages of all turns of these calls, from their timelines. */
export async function stagesOfCalls(
  server: ServerUnderTest,
  reports: readonly CallReport[],
): Promise<Stages[]> {
  const ids = reports.flatMap(({ callId }) => callId ?? []);
  const timelines = await Promise.all(ids.map((id) => server.timeline(id)));
  return timelines.flatMap((timeline) => stagesOf(timeline));
}

function describe(reports: readonly CallReport[], stages: readonly Stages[]): Measured {
  const turns = reports.flatMap((report) => report.turns);
  const voiceToVoice = spread(turns.flatMap(({ voiceToVoiceMs }) => voiceToVoiceMs ?? []));
  const greeting = spread(reports.flatMap(({ greetingMs }) => greetingMs ?? []));
  const setUp = spread(reports.flatMap(({ setUpMs }) => setUpMs ?? []));
  const gapsMs = reports.flatMap(({ audio }) => audio.gapsMs);
  const early = turns.filter(({ talkedOver }) => talkedOver).length;
  const failed = reports.filter(callFailed);
  const names: (keyof Stages)[] = ['endOfTurnMs', 'sttMs', 'policyMs', 'ttsMs', 'restMs', 'serverMs'];
  const byStage = Object.fromEntries(
    names.map((name) => [name, spread(stages.map((turn) => turn[name]))] as const),
  );
  return {
    rows: [
      { name: 'turns measured', value: `${voiceToVoice?.count ?? 0} in ${reports.length} calls` },
      limited('voice to voice p50', voiceToVoice?.p50, 700),
      limited('voice to voice p95', voiceToVoice?.p95, 1200),
      ...names.map((name) => ({
        name: `  ${name.replace(/Ms$/, '')}`,
        value: `p50 ${byStage[name]?.p50 ?? '—'} ms, p95 ${byStage[name]?.p95 ?? '—'} ms`,
      })),
      limited('answered → greeting p95', greeting?.p95, 800),
      { name: 'set-up p50', value: `${setUp?.p50 ?? '—'} ms` },
      { name: 'audible gaps', value: String(gapsMs.length), limit: '0', met: gapsMs.length === 0 },
      { name: 'answers before the end', value: String(early), limit: '0', met: early === 0 },
      { name: 'failed calls', value: String(failed.length), limit: '0', met: failed.length === 0 },
    ],
    data: {
      voiceToVoice,
      stages: byStage,
      greeting,
      setUp,
      gapsMs,
      talkedOver: early,
      errors: failed.flatMap(({ errors }) => errors),
      turns: turns.map((turn) => ({ ...turn })),
    },
  };
}

import { closeVoices } from './brokenCall.ts';
import type { FaultContext, FaultRun, FaultSummary, Scenario } from './scenario.ts';
import { describeBroken, summarise } from './scenario.ts';

/** Runs each scenario as often as asked, one after the other; one that cannot run here is skipped, with its reason. */
export async function runFaults(
  scenarios: readonly Scenario[],
  { runs, ...context }: FaultContext & { runs: number },
): Promise<{ summaries: FaultSummary[]; skipped: ReadonlyMap<string, string> }> {
  const summaries: FaultSummary[] = [];
  const skipped = new Map<string, string>();
  try {
    for (const scenario of scenarios) {
      const missing = scenario.missing?.() ?? null;
      if (missing !== null) {
        context.progress(`${scenario.name}: skipped, ${missing}`);
        skipped.set(scenario.name, missing);
        continue;
      }
      const done: FaultRun[] = [];
      for (let index = 0; index < runs; index += 1) {
        const run = await runOnce(scenario, context);
        done.push(run);
        context.progress(`${scenario.name} ${index + 1} of ${runs}: ${describeRun(run)}`);
      }
      summaries.push(summarise(scenario, done));
    }
  } finally {
    await closeVoices();
  }
  return { summaries, skipped };
}

/** A run that could not even begin has failed, too. */
async function runOnce(scenario: Scenario, context: FaultContext): Promise<FaultRun> {
  try {
    return await scenario.run(context);
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { breaks: [], lost: [], doubled: [], state: 'none', notes: [], failure };
  }
}

/** Of a call that was broken again and again each break has been told already. */
function describeRun({ breaks, lost, doubled, state, notes, failure }: FaultRun): string {
  const parts = [
    ...(breaks.length > 1 ? [`broken ${breaks.length} times`] : breaks.map(describeBroken)),
    `then ${state}`,
    ...(lost.length > 0 ? [`lost ${lost.join(' ')}`] : []),
    ...(doubled.length > 0 ? [`twice ${doubled.join(' ')}`] : []),
    ...(failure === null ? [] : [`✗ ${failure}`]),
    ...notes,
  ];
  return parts.join('\n      ');
}

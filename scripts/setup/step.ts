import { stepLine } from '../launch/report.js';

/** What a step may know of the machine. */
export type Host = {
  /** The project's folder. */
  root: string;
  /** The cache directory, absolute. */
  cache: string;
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  arch: string;
};

/** `ready` was there already; `made` is new; `missing` could not be had and `note` says what follows. */
export type Outcome = {
  state: 'ready' | 'made' | 'missing';
  note: string;
  /** Variables that tell the task where the thing is. */
  env?: Record<string, string>;
};

/** One idempotent part of the set-up. `run` answers `missing` for what the machine cannot give. */
export type Step = { name: string; run(host: Host): Promise<Outcome> };

/** Runs the steps in order, each printing its line. Answers the environment for the task, and which had to do without. */
export async function runSteps(
  steps: Step[],
  host: Host,
): Promise<{ env: NodeJS.ProcessEnv; missing: string[] }> {
  let { env } = host;
  const missing: string[] = [];
  for (const step of steps) {
    const startMs = performance.now();
    const outcome = await step.run({ ...host, env });
    stepLine(outcome.state, step.name, outcome.note, performance.now() - startMs);
    env = { ...env, ...outcome.env };
    if (outcome.state === 'missing') missing.push(step.name);
  }
  return { env, missing };
}

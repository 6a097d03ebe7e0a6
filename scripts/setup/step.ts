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
export type Outcome = { state: 'ready' | 'made' | 'missing'; note: string };

/** One idempotent part of the set-up. `run` answers `missing` for what the machine cannot give. */
export type Step = { name: string; run(host: Host): Promise<Outcome> };

/** Runs one step and prints its line. */
export async function runStep(step: Step, host: Host): Promise<Outcome> {
  const startMs = performance.now();
  const outcome = await step.run(host);
  stepLine(outcome.state, step.name, outcome.note, performance.now() - startMs);
  return outcome;
}

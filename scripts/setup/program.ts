import { canInstallPackages, installPackages } from './apt.ts';
import type { Outcome } from './step.ts';

export type Wanted = {
  /** What it is called in messages. */
  title: string;
  packages: string[];
  reason: string;
  /** Tells the task where it is. */
  variable: string;
  find: () => string | null;
  /** What follows when there is none, and what to do about it. */
  skipped: string;
};

/** A program that the machine has, or that is installed as a Debian package. */
export async function obtainProgram(wanted: Wanted): Promise<Outcome> {
  const { title, packages, reason, variable, find, skipped } = wanted;
  const found = find();
  if (found) return { state: 'ready', note: found, env: { [variable]: found } };
  if (!canInstallPackages()) return { state: 'missing', note: `no ${title} found: ${skipped}` };
  const failure = await installPackages(packages, reason);
  const installed = find();
  if (!installed) return { state: 'missing', note: `no ${title} (${failure ?? 'not found'}): ${skipped}` };
  return { state: 'made', note: installed, env: { [variable]: installed } };
}

import { findCoturn } from '../fault/findCoturn.ts';
import { canInstallPackages, installPackages } from './apt.ts';
import type { Step } from './step.ts';

const SKIPPED = 'tests with a TURN server are skipped; install it, or set SEGUE_TURN_SERVER=<program>';

/** coturn's program for the tests, which start servers of their own with it. */
export const coturnStep: Step = {
  name: 'coturn',
  async run(host) {
    const found = findCoturn(host.env);
    if (found) return { state: 'ready', note: found, env: { SEGUE_TURN_SERVER: found } };
    if (!canInstallPackages()) return { state: 'missing', note: `no coturn found: ${SKIPPED}` };
    const failure = await installPackages(['coturn'], 'for the tests; it is not started as a service');
    const installed = findCoturn(host.env);
    if (!installed) return { state: 'missing', note: `no coturn (${failure ?? 'not found'}): ${SKIPPED}` };
    return { state: 'made', note: installed, env: { SEGUE_TURN_SERVER: installed } };
  },
};

import { findCoturn } from '../fault/findCoturn.ts';
import { obtainProgram } from './program.ts';
import type { Step } from './step.ts';

/** coturn's program for the tests, which start servers of their own with it. */
export const coturnStep: Step = {
  name: 'coturn',
  run: ({ env }) =>
    obtainProgram({
      title: 'coturn',
      packages: ['coturn'],
      reason: 'for the tests; it is not started as a service',
      variable: 'SEGUE_TURN_SERVER',
      find: () => findCoturn(env),
      skipped: 'tests with a TURN server are skipped; install it, or set SEGUE_TURN_SERVER=<program>',
    }),
};

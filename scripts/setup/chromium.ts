import { findChromium } from './browser.ts';
import { obtainProgram } from './program.ts';
import type { Step } from './step.ts';

const SKIPPED = 'the browser tests are skipped; install Chromium or set SEGUE_CHROMIUM=<path>';

/** A Chromium for the browser tests. */
export const chromiumStep: Step = {
  name: 'chromium',
  async run({ env }) {
    const find = () => findChromium(env);
    if (!find() && env.SEGUE_CHROMIUM)
      return { state: 'missing', note: `SEGUE_CHROMIUM=${env.SEGUE_CHROMIUM} is no program: ${SKIPPED}` };
    return await obtainProgram({
      title: 'Chromium',
      packages: ['chromium'],
      reason: 'for the browser tests',
      variable: 'SEGUE_CHROMIUM',
      find,
      skipped: SKIPPED,
    });
  },
};

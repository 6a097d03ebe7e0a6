import { canInstallPackages, installPackages } from './apt.ts';
import { findChromium } from './browser.ts';
import type { Step } from './step.ts';

const SKIPPED = 'the browser tests are skipped; install Chromium or set SEGUE_CHROMIUM=<path>';

/** A Chromium for the browser tests. */
export const chromiumStep: Step = {
  name: 'chromium',
  async run(host) {
    const found = findChromium(host.env);
    if (found) return { state: 'ready', note: found, env: { SEGUE_CHROMIUM: found } };
    if (host.env.SEGUE_CHROMIUM) {
      return {
        state: 'missing',
        note: `SEGUE_CHROMIUM=${host.env.SEGUE_CHROMIUM} is no program: ${SKIPPED}`,
      };
    }
    if (!canInstallPackages()) return { state: 'missing', note: `no Chromium found: ${SKIPPED}` };
    const failure = await installPackages(['chromium'], 'for the browser tests');
    const installed = findChromium(host.env);
    if (!installed)
      return { state: 'missing', note: `no Chromium (${failure ?? 'not in the PATH'}): ${SKIPPED}` };
    return { state: 'made', note: installed, env: { SEGUE_CHROMIUM: installed } };
  },
};

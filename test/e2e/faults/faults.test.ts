import { afterAll, describe, expect, test } from 'vitest';
import { closeVoices } from '../../../scripts/fault/brokenCall.ts';
import { possiblePath } from '../../../scripts/fault/scenarios/network.ts';
import { SCENARIOS } from '../../../scripts/fault/scenarios.ts';
import { faultSkipReason } from './stage.ts';

/** Those that have passed five times in a row; all of them by `npm run fault -- all`. */
const NAMES = ['network-2s', 'network-change', 'udp-blocked', 'turn', 'reload', 'worker-death', 'takeover'];

afterAll(closeVoices);

describe.skipIf(faultSkipReason())('a call outlives', { timeout: 240_000 }, () => {
  for (const { name, about, missing, run } of SCENARIOS.filter((one) => NAMES.includes(one.name))) {
    const reason = missing?.() ?? null;
    if (reason) console.warn(`skipped: ${name}, ${reason}`);
    test.skipIf(reason !== null)(`${name}: ${about}`, async () => {
      const { failure, lost, doubled, state, notes } = await run({
        path: possiblePath(null),
        times: 1,
        progress: () => {},
      });
      expect({ failure, lost, doubled, state }, notes.join('\n')).toEqual({
        failure: null,
        lost: [],
        doubled: [],
        state: 'live',
      });
    });
  }
});

import { describe, expect, test } from 'vitest';
import { drops } from '../../../scripts/fault/drops.ts';
import { soak } from '../../../scripts/fault/soak.ts';
import { faultSkipReason } from './stage.ts';

/** Shortened: an hour of four calls is `npm run fault -- soak`, a minute of a hundred a second `-- drops`. */
describe.skipIf(faultSkipReason({ browser: false }))(
  'a server that has been busy',
  { timeout: 240_000 },
  () => {
    test('holds no transport, file or timer of the calls that it had, and its memory does not grow', async () => {
      const result = await soak({ durationMs: 12_000, calls: 2, inWriting: true });
      expect(result.errors).toEqual([]);
      expect(Math.max(...result.samples.map(({ transports }) => transports))).toBeGreaterThan(0);
      expect(result.leaks).toEqual([]);
      expect(result.flat, JSON.stringify([result.rss, result.heap, result.worker])).toBe(true);
    });

    test('keeps nothing of visitors who connect and are gone, and the others do not notice them', async () => {
      const { attempts, byStage, others, leaks } = await drops({
        durationMs: 4_000,
        perSecond: 40,
        turns: 2,
      });
      expect(attempts).toBe(160);
      for (const count of Object.values(byStage)) expect(count).toBeGreaterThan(0);
      // How soon it is answered is measured, not asserted; that all of it was, and that nobody else ended it, is.
      expect(others.stormy.turns).toHaveLength(others.calm.turns.length);
      expect(others.stormy.ended).toBe('caller');
      expect(leaks).toEqual([]);
    });
  },
);

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { SupervisedWorker } from '../../../server/speech/engines/supervisedWorker.ts';
import { openZkmLid } from '../../../server/speech/engines/zkmLid.ts';
import { SegueError } from '../../../shared/errors.ts';

describe('a language model whose thread cannot be started', () => {
  const modelDir = mkdtempSync(join(tmpdir(), 'segue-lid-'));
  beforeAll(() => {
    for (const file of ['variables.index', 'variables.data']) writeFileSync(join(modelDir, file), '');
  });
  afterAll(() => rmSync(modelDir, { recursive: true, force: true }));
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  test.each([
    ['is started again a while later when that may pass', 'SPEECH_UNAVAILABLE', 2],
    ['is left when it cannot be read', 'MODEL_INVALID', 1],
  ] as const)('%s', async (_, code, starts) => {
    const start = vi.spyOn(SupervisedWorker.prototype, 'start').mockRejectedValue(new SegueError(code));
    const engine = openZkmLid({ modelDir });
    const judged = () => engine.judge(new Float32Array(8_000)).catch((error: SegueError) => error.code);
    expect([await judged(), await judged()]).toEqual([code, code]);
    expect(start).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(30_000);
    expect(await judged()).toBe(code);
    expect(start).toHaveBeenCalledTimes(starts);
    await engine.close();
  });
});

import type { Clock } from '../../shared/clock.ts';
import type { Recorder } from '../ledger/recorder.ts';

/** Who writes is not kept waiting longer by a database that is slow; the recorder goes on trying. */
const LIMIT_MS = 1_000;

/** Resolves when what was recorded so far is durable, or at the limit; never rejects. */
export function writtenBy(recorder: Pick<Recorder, 'flushed'>, clock: Clock): () => Promise<void> {
  return () =>
    new Promise((resolve) => {
      const limit = clock.after(LIMIT_MS, resolve);
      const done = (): void => {
        limit.cancel();
        resolve();
      };
      recorder.flushed().then(done, done);
    });
}

import type { Clock } from '../../shared/clock.ts';

/** Who writes is not kept waiting longer by a database that is slow; what writes goes on trying. */
const LIMIT_MS = 1_000;

/** Resolves when what was handed to all of them so far is durable, or at the limit; never rejects. */
export function writtenBy(
  writers: readonly { flushed(): Promise<void> }[],
  clock: Clock,
): () => Promise<void> {
  return () =>
    new Promise((resolve) => {
      const limit = clock.after(LIMIT_MS, resolve);
      const done = (): void => {
        limit.cancel();
        resolve();
      };
      Promise.all(writers.map((writer) => writer.flushed())).then(done, done);
    });
}

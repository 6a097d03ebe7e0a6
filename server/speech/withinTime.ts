import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';

/** `work`, or a rejection with SPEECH_UNAVAILABLE after `limitMs`, or with the signal's reason when it is aborted. */
export async function withinTime<Value>(
  work: Promise<Value>,
  { clock, limitMs, signal }: { clock: Clock; limitMs: number; signal?: AbortSignal | undefined },
): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = clock.after(limitMs, () =>
    reject(new SegueError('SPEECH_UNAVAILABLE', `No answer within ${Math.round(limitMs)} ms.`)),
  );
  const abort = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', abort);
  }
}

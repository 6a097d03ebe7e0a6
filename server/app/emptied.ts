import type { Clock } from '../../shared/clock.ts';
import type { Calls } from '../call/calls.ts';
import type { Log } from '../telemetry/log.ts';

const LOOK_MS = 100;

/** Resolves when no call runs any more, or at the limit. */
export async function emptied(
  calls: Pick<Calls, 'size'>,
  limitMs: number,
  { clock, log }: { clock: Clock; log: Pick<Log, 'warn'> },
): Promise<void> {
  const untilMs = clock.nowMs() + limitMs;
  if (calls.size > 0) log.warn({ calls: calls.size, limitMs }, 'stopping when the running calls have ended');
  while (calls.size > 0 && clock.nowMs() < untilMs) {
    await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
  }
}

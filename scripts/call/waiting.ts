import type { Clock } from '../../shared/clock.ts';
import { CallError } from './callError.ts';

const POLL_MS = 10;

/**
 * Asks `probe` every 10 ms until it answers something; moments are dated by the ear, not by this. Rejects with
 * `timeout` after `limitMs`, and with the signal's reason when aborted.
 */
export function waitFor<Value>(
  clock: Clock,
  probe: () => Value | null,
  { limitMs, what, signal }: { limitMs: number; what: string; signal: AbortSignal },
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const untilMs = clock.nowMs() + limitMs;
    const timer = clock.every(POLL_MS, look);
    const finish = (settle: () => void) => {
      timer.cancel();
      settle();
    };
    function look(): void {
      const value = probe();
      if (value !== null) finish(() => resolve(value));
      else if (signal.aborted) finish(() => reject(signal.reason));
      else if (clock.nowMs() >= untilMs) {
        finish(() => reject(new CallError('timeout', `${what} did not come within ${limitMs} ms.`)));
      }
    }
    look();
  });
}

import type { Clock } from '../../shared/clock.ts';
import { withinTime } from '../speech/withinTime.ts';

/** Longer than the slowest look-up may take; after it the caller is told that there is no answer. */
const LIMIT_MS = 15_000;

/**
 * What the dialog answers, for which nobody waits for ever: rejects when there is nothing within the limit. `onLate`: it
 * came all the same, and will not be said.
 */
export async function dialogAnswer<Value>(
  work: Promise<Value>,
  clock: Clock,
  onLate: () => void = () => {},
): Promise<Value> {
  let over = false;
  work.then(() => over && onLate()).catch(() => {});
  try {
    return await withinTime(work, { clock, limitMs: LIMIT_MS });
  } finally {
    over = true;
  }
}

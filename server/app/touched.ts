import type { Clock, TimerHandle } from '../../shared/clock.ts';
import type { Recorder } from '../ledger/recorder.ts';

/** What happens within one sentence is told once. */
const GATHER_MS = 200;

/** Gathers the people of whom something was written down, and tells of them when it can be read by others. */
export function gatherTouched(
  recorder: Pick<Recorder, 'flushed'>,
  clock: Clock,
  tell: (people: readonly string[]) => void,
): { add(personId: string): void; close(): void } {
  const people = new Set<string>();
  let timer: TimerHandle | null = null;
  const send = (): void => {
    timer = null;
    const ids = [...people];
    people.clear();
    const told = () => tell(ids);
    recorder.flushed().then(told, told);
  };
  return {
    add(personId) {
      people.add(personId);
      timer ??= clock.after(GATHER_MS, send);
    },
    close: () => timer?.cancel(),
  };
}

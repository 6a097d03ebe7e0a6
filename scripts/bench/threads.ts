import { readdirSync, readFileSync } from 'node:fs';
import { parseStat, systemClock } from './processes.ts';

/** CPU time of each thread of a process so far, in ms, by name; threads of one name are summed up. Linux only. */
export function threadTimes(pid: number): Map<string, number> {
  const times = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
      const { name, cpuMs } = parseStat(stat, systemClock());
      const key = thread === String(pid) ? 'main' : name;
      times.set(key, (times.get(key) ?? 0) + cpuMs);
    } catch {
      // Gone since the listing.
    }
  }
  return times;
}

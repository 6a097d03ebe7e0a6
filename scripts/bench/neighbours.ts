import { cpus } from 'node:os';
import { processTree } from './processes.ts';

/** More than this of all cores used by others, and figures are theirs as much as ours. */
const DISTURBING_SHARE = 0.1;

type Moment = { atMs: number; busyMs: number; oursMs: number };

/** What the whole machine and what the bench with all it has started have computed so far. */
function moment(): Moment {
  const busyMs = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  const oursMs = processTree(process.pid).reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  return { atMs: performance.now(), busyMs, oursMs };
}

/** Share of all cores, 0…1, that other programs used between two moments. */
export function foreignShare(before: Moment, after: Moment, cores: number): number {
  const foreignMs = after.busyMs - before.busyMs - (after.oursMs - before.oursMs);
  return Math.max(0, foreignMs / ((after.atMs - before.atMs) * cores));
}

/** Watches the machine; call the returned function at the end. Null share where there is no /proc. */
export function watchNeighbours(): () => { share: number | null; disturbed: boolean } {
  const before = moment();
  return () => {
    if (before.oursMs === 0) return { share: null, disturbed: false };
    const share = foreignShare(before, moment(), cpus().length);
    return { share, disturbed: share > DISTURBING_SHARE };
  };
}

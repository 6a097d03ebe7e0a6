import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

export type ProcessFacts = {
  pid: number;
  parent: number;
  name: string;
  /** Its command line; where it is not told, the name says enough. */
  command?: string;
  cpuMs: number;
  rssMb: number;
};

/** Parses `/proc/<pid>/stat`: fields 2, 4, 14…17 (with ended children) and 24 of proc(5); the name may hold spaces and brackets. */
export function parseStat(stat: string, clock: { ticksPerSecond: number; pageBytes: number }): ProcessFacts {
  const nameEnd = stat.lastIndexOf(')');
  const rest = stat.slice(nameEnd + 2).split(' ');
  const field = (number: number) => Number(rest[number - 3]);
  return {
    pid: Number.parseInt(stat, 10),
    name: stat.slice(stat.indexOf('(') + 1, nameEnd),
    parent: field(4),
    cpuMs: ((field(14) + field(15) + field(16) + field(17)) * 1000) / clock.ticksPerSecond,
    rssMb: (field(24) * clock.pageBytes) / 1e6,
  };
}

/** A process and everything under it with its command lines, from /proc; empty where there is no /proc. */
export function processTree(rootPid: number): ProcessFacts[] {
  if (!existsSync('/proc/self/stat')) return [];
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => readStat(pid));
  const tree: ProcessFacts[] = [];
  const queue = [rootPid];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    const facts = all.find((one) => one.pid === pid);
    if (facts) tree.push(facts);
    queue.push(...all.filter(({ parent }) => parent === pid).map((child) => child.pid));
  }
  return tree;
}

/** CPU time and memory of a tree, the media worker and the embedded database apart from the rest. */
export function usage(tree: readonly ProcessFacts[]) {
  const sum = (facts: readonly ProcessFacts[]) => ({
    cpuMs: facts.reduce((total, { cpuMs }) => total + cpuMs, 0),
    rssMb: facts.reduce((total, { rssMb }) => total + rssMb, 0),
  });
  const isWorker = ({ name }: ProcessFacts) => name.startsWith('mediasoup');
  const isDatabase = ({ command }: ProcessFacts) => command?.includes('pgliteProcess') ?? false;
  return {
    node: sum(tree.filter((one) => !isWorker(one) && !isDatabase(one))),
    worker: sum(tree.filter(isWorker)),
    database: sum(tree.filter(isDatabase)),
  };
}

function readStat(pid: string): ProcessFacts[] {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return [{ ...parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'), systemClock()), command }];
  } catch {
    // Gone since the listing.
    return [];
  }
}

let measuredClock: { ticksPerSecond: number; pageBytes: number } | null = null;

export function systemClock() {
  measuredClock ??= { ticksPerSecond: getconf('CLK_TCK'), pageBytes: getconf('PAGESIZE') };
  return measuredClock;
}

function getconf(name: string): number {
  return Number(execFileSync('getconf', [name], { encoding: 'utf8' }));
}

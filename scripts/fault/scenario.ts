import type { JsonObject } from '../../shared/json.ts';
import type { PathKind } from './path.ts';

/** What one fault came to; times in ms, null where it did not happen. */
export type Broken = {
  /** From the repaired path (or from the fault, where the product itself has to mend it) to new sound at the ear. */
  gapMs: number | null;
  /** The same to the state `live`; null also when the page never noticed anything. */
  liveMs: number | null;
};

export function describeBroken({ gapMs, liveMs }: Broken): string {
  return `gap ${inMs(gapMs)}, live ${inMs(liveMs)}`;
}

/** One call, and what it went through. */
export type FaultRun = {
  breaks: Broken[];
  lost: string[];
  doubled: string[];
  /** Of the call afterwards. */
  state: string;
  notes: string[];
  /** Why the run does not count as survived; null when it does. */
  failure: string | null;
};

export type FaultContext = {
  /** How the visitor's network is made, where a scenario leaves that open. */
  path: Exclude<PathKind, 'direct'>;
  /** How often one call is broken, where a scenario can do it again. */
  times: number;
  progress(line: string): void;
};

/** Something that breaks, by name. */
export type Scenario = {
  name: string;
  /** One line: what is broken, and what has to happen. */
  about: string;
  /** The longest gap that is promised, in ms. */
  limitMs?: number;
  /** Why it cannot run on this machine; null when it can. */
  missing?: () => string | null;
  run(context: FaultContext): Promise<FaultRun>;
};

export type FaultSummary = {
  name: string;
  runs: FaultRun[];
  figures: {
    gapP50Ms: number | null;
    gapMaxMs: number | null;
    lost: number;
    doubled: number;
    failed: number;
  };
  passed: boolean;
};

export function summarise({ name, limitMs }: Scenario, runs: FaultRun[]): FaultSummary {
  const gaps = runs
    .flatMap(({ breaks }) => breaks.flatMap(({ gapMs }) => gapMs ?? []))
    .toSorted((one, other) => one - other);
  const sum = (count: (run: FaultRun) => number) => runs.reduce((total, run) => total + count(run), 0);
  const figures = {
    gapP50Ms: gaps[Math.floor((gaps.length - 1) / 2)] ?? null,
    gapMaxMs: gaps.at(-1) ?? null,
    lost: sum(({ lost }) => lost.length),
    doubled: sum(({ doubled }) => doubled.length),
    failed: sum(({ failure }) => (failure === null ? 0 : 1)),
  };
  const slow = limitMs !== undefined && (figures.gapMaxMs ?? Number.POSITIVE_INFINITY) > limitMs;
  const passed = runs.length > 0 && !slow && figures.lost + figures.doubled + figures.failed === 0;
  return { name, runs, figures, passed };
}

const HEAD = ['fault', 'times', 'gap p50', 'gap max', 'limit', 'lost', 'twice', 'failed'];

/** The table of the promise, for people. */
export function faultTable(summaries: readonly FaultSummary[], limits: ReadonlyMap<string, number>): string {
  const rows = summaries.map(({ name, runs, figures, passed }) => [
    `${passed ? '✓' : '✗'} ${name}`,
    String(runs.flatMap(({ breaks }) => breaks).length),
    inMs(figures.gapP50Ms),
    inMs(figures.gapMaxMs),
    inMs(limits.get(name) ?? null),
    String(figures.lost),
    String(figures.doubled),
    String(figures.failed),
  ]);
  const all = [[`  ${HEAD[0]}`, ...HEAD.slice(1)], ...rows];
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}

function inMs(value: number | null): string {
  return value === null ? '—' : `${Math.round(value)} ms`;
}

export function summaryJson({ runs, figures, passed }: FaultSummary): JsonObject {
  return { passed, ...figures, runs: runs as unknown as JsonObject[] };
}

/** A test of which more is told than its name. */
export type Explained = { name: string; reason: string };

/** What one stage of `npm test` found. */
export type StageResult = {
  stage: string;
  passed: number;
  /** What passed, but not the first time, with what went wrong then. */
  retried: Explained[];
  /** Names of what failed; their output was printed when it happened. */
  failed: string[];
  skipped: Explained[];
  tookMs: number;
};

/** The summary: a line a stage, the skips with their reasons, what needed a second try, the failures, and the total as last line. */
export function summaryLines(results: StageResult[]): string[] {
  const sum = (count: (result: StageResult) => number) =>
    results.reduce((total, result) => total + count(result), 0);
  const [passed, failed, skipped] = [
    sum((result) => result.passed),
    sum((result) => result.failed.length),
    sum((result) => result.skipped.length),
  ];
  const counts = (some: { passed: number; failed: number; skipped: number }) =>
    `${some.passed} passed, ${some.failed} failed${some.skipped ? `, ${some.skipped} skipped` : ''}`;
  const stages = results.map((result) => {
    const mark = result.failed.length > 0 ? '✗' : '✓';
    const numbers = counts({
      passed: result.passed,
      failed: result.failed.length,
      skipped: result.skipped.length,
    });
    return `${mark} ${result.stage.padEnd(12)} ${numbers} (${(result.tookMs / 1000).toFixed(1)} s)`;
  });
  const skips = results.flatMap((result) =>
    result.skipped.map(({ name, reason }) => `skipped: ${name}: ${reason}`),
  );
  const retried = results.flatMap((result) =>
    result.retried.map(({ name, reason }) => `passed at the second try: ${name}: ${reason}`),
  );
  const failures = results.flatMap((result) => result.failed.map((name) => `failed: ${name}`));
  return ['', ...stages, ...skips, ...retried, ...failures, counts({ passed, failed, skipped })];
}

/** 0 only when something ran and nothing failed. */
export function exitCode(results: StageResult[]): number {
  const bad = results.some((result) => result.failed.length > 0);
  const any = results.some((result) => result.passed > 0);
  return bad || !any ? 1 : 0;
}

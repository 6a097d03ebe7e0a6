import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import type { StageResult } from './result.ts';

/** The file that the report is written to. */
export const REPORT_VARIABLE = 'SEGUE_TEST_REPORT';

export type Report = Pick<StageResult, 'passed' | 'retried' | 'failed' | 'skipped'>;

function collect(modules: readonly TestModule[]): Report {
  const report: Report = { passed: 0, retried: [], failed: [], skipped: [] };
  for (const module of modules) {
    const tests = [...module.children.allTests()];
    const brokeOff = module.state() === 'failed' && !tests.some((test) => test.result().state === 'failed');
    const unexplained = brokeOff ? 'its file failed before it' : 'no reason given';
    for (const test of tests) {
      const name = `${module.relativeModuleId} > ${test.fullName}`;
      const result = test.result();
      if (result.state === 'passed') {
        report.passed += 1;
        if ((test.diagnostic()?.retryCount ?? 0) > 0) {
          report.retried.push({ name, reason: firstLine(result.errors?.[0]?.message) });
        }
      } else if (result.state === 'skipped') {
        report.skipped.push({ name, reason: result.note ?? unexplained });
      } else report.failed.push(name);
    }
    // A file that cannot be loaded, or whose set-up fails, has no failing test to show for it.
    if (brokeOff) report.failed.push(`${module.relativeModuleId} (outside its tests)`);
  }
  return report;
}

function firstLine(message = 'no reason given'): string {
  return message.split('\n', 1)[0] ?? message;
}

/** Writes what ran as JSON, for the summary of `npm test`. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const report = collect(modules);
    if (unhandledErrors.length > 0) report.failed.push(`${unhandledErrors.length} unhandled errors`);
    const file = process.env[REPORT_VARIABLE];
    if (file) writeFileSync(file, JSON.stringify(report));
  }
}

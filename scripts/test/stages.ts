import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../launch/children.js';
import { say } from '../launch/report.js';
import type { Host } from '../setup/step.ts';
import { tools } from '../tools.ts';
import { REPORT_VARIABLE, type Report } from './reporter.ts';
import type { StageResult } from './result.ts';

/** A program as one check; its output is shown when it fails, or when it has figures to tell. */
export async function check(
  host: Host,
  stage: string,
  args: string[],
  { figures = false } = {},
): Promise<StageResult> {
  const startMs = performance.now();
  const { code, output } = await run(process.execPath, args, { cwd: host.root, env: host.env });
  if (code !== 0 || figures) say(output.trimEnd());
  const tookMs = performance.now() - startMs;
  return {
    stage,
    passed: code === 0 ? 1 : 0,
    retried: [],
    failed: code === 0 ? [] : [stage],
    skipped: [],
    tookMs,
  };
}

/** Tests run by vitest, their output on the terminal. */
export async function vitest(host: Host, stage: string, args: string[]): Promise<StageResult> {
  const startMs = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'segue-test-'));
  const file = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=./scripts/test/reporter.ts'];
    const { code } = await run(process.execPath, [tools.vitest, 'run', ...reporters, ...args], {
      cwd: host.root,
      env: { ...host.env, [REPORT_VARIABLE]: file },
      show: true,
    });
    const report: Report = existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as Report)
      : { passed: 0, retried: [], failed: [], skipped: [] };
    const ran = report.passed + report.failed.length + report.skipped.length;
    // A run that broke off, or found nothing to run, must not count as a success.
    if (ran === 0) report.failed.push(`${stage}: no test ran`);
    else if (code !== 0 && report.failed.length === 0)
      report.failed.push(`${stage}: vitest ended with ${code}`);
    return { stage, ...report, tookMs: performance.now() - startMs };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stopRequested } from '../launch/children.js';
import type { Host } from '../setup/step.ts';
import { tools } from '../tools.ts';
import { exitCode, type StageResult, summaryLines } from './result.ts';
import { check, vitest } from './stages.ts';

type Stage = (host: Host) => Promise<StageResult>;

const allStages: Stage[] = [
  (host) => check(host, 'types', [tools.tsc, '--noEmit', '-p', '.']),
  (host) => check(host, 'lint', [tools.biome, 'ci', '--colors=off', '.']),
  (host) => check(host, 'bundle size', ['scripts/test/bundleSize.ts'], { figures: true }),
  (host) => vitest(host, 'unit', ['--project=unit']),
  (host) => vitest(host, 'browser', ['--project=e2e']),
];

/** Real recordings and models that lie beside the checkout, for the tests that can use them. */
function testEnv(host: Host): NodeJS.ProcessEnv {
  const mirror = join(host.root, '..', 'shared', 'models');
  return existsSync(mirror) ? { SEGUE_MODELS_MIRROR: mirror, ...host.env } : host.env;
}

/** `npm test`: every stage, or with arguments only the tests that vitest finds by them. */
export async function runTests(host: Host, filter: string[]): Promise<number> {
  const stages: Stage[] = filter.length > 0 ? [(given) => vitest(given, 'tests', filter)] : allStages;
  const results: StageResult[] = [];
  for (const stage of stages) {
    results.push(await stage({ ...host, env: testEnv(host) }));
    if (stopRequested()) break;
  }
  process.stdout.write(`${summaryLines(results).join('\n')}\n`);
  return exitCode(results);
}

/** `npm run fault`: breaks something in the middle of a call and measures what is heard of it. See `--help`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../shared/json.ts';
import { machineFacts } from './bench/machine.ts';
import { table } from './bench/print.ts';
import { UsageError } from './call/options.ts';
import { LONG_RUNS } from './fault/longRuns.ts';
import { help, parseFault } from './fault/options.ts';
import { runFaults } from './fault/runFaults.ts';
import { faultTable, summaryJson } from './fault/scenario.ts';
import { possiblePath } from './fault/scenarios/network.ts';
import { SCENARIOS } from './fault/scenarios.ts';

const RESULTS = join(import.meta.dirname, '..', 'bench-results');

/** Exit code 1 when a call was not survived, a promise was missed, or what was named could not be tried. */
async function main(args: string[]): Promise<number> {
  const names = (all: readonly { name: string }[]) => all.map(({ name }) => name);
  const command = parseFault(args, names(SCENARIOS), names(LONG_RUNS));
  if (!command) {
    console.log(help(SCENARIOS, LONG_RUNS));
    return 0;
  }
  const chosen = SCENARIOS.filter(({ name }) => command.names.includes(name));
  const path = possiblePath(command.path);
  const progress = (line: string): void => console.error(`    ${line}`);
  const { runs, times } = command;
  const { summaries, skipped } = await runFaults(chosen, { runs, times, path, progress });
  const limits = new Map(
    chosen.flatMap(({ name, limitMs }) => (limitMs === undefined ? [] : [[name, limitMs]])),
  );
  if (summaries.length > 0) console.log(`\n${faultTable(summaries, limits)}\n`);
  const faults: JsonObject = Object.fromEntries([
    ...summaries.map((summary) => [summary.name, summaryJson(summary)]),
    ...[...skipped].map(([name, reason]) => [name, { skipped: reason }]),
  ]);
  let kept = summaries.every(({ passed }) => passed) && (command.all || skipped.size === 0);
  for (const { name, about, run } of LONG_RUNS.filter((one) => command.names.includes(one.name))) {
    console.log(`${name}: ${about}`);
    const { rows, data } = await run({ ...command, progress });
    console.log(`${table(rows)}\n`);
    faults[name] = data;
    kept &&= rows.every(({ met }) => met !== false);
  }
  const date = new Date().toISOString();
  const text = `${JSON.stringify({ date, machine: machineFacts(), path, faults }, null, 2)}\n`;
  await mkdir(RESULTS, { recursive: true });
  const file = join(RESULTS, `faults-${date.replaceAll(':', '-').slice(0, 19)}.json`);
  await writeFile(file, text);
  if (command.jsonFile) await writeFile(command.jsonFile, text);
  console.log(`kept in ${file}`);
  return kept ? 0 : 1;
}

// What was started ends with this program, also when it is interrupted.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`✗ ${error.message}`);
  process.exitCode = 2;
}

/** `npm run bench`: measures the product as a caller meets it. See `--help`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../shared/json.ts';
import { bargeIn } from './bench/bargeIn.ts';
import { capacity } from './bench/capacity.ts';
import { endpointing } from './bench/endpointing.ts';
import { faults } from './bench/faults.ts';
import { greeting } from './bench/greeting.ts';
import { language } from './bench/language.ts';
import { ledger } from './bench/ledger.ts';
import { load } from './bench/load.ts';
import { machineFacts } from './bench/machine.ts';
import type { BenchContext, Measurement } from './bench/measurement.ts';
import { memory } from './bench/memory.ts';
import { watchNeighbours } from './bench/neighbours.ts';
import { help, parseBench } from './bench/options.ts';
import { opus } from './bench/opus.ts';
import { overlaps, overlapsTuning } from './bench/overlaps.ts';
import { page } from './bench/page.ts';
import { table } from './bench/print.ts';
import { ServerUnderTest } from './bench/server.ts';
import { size } from './bench/size.ts';
import { start } from './bench/start.ts';
import { vad } from './bench/vad.ts';
import { voice } from './bench/voice.ts';
import { UsageError } from './call/options.ts';

const MEASUREMENTS: readonly Measurement[] = [
  size,
  opus,
  start,
  voice,
  greeting,
  bargeIn,
  vad,
  overlaps,
  overlapsTuning,
  endpointing,
  language,
  page,
  memory,
  load,
  capacity,
  ledger,
  faults,
];
const RESULTS = join(import.meta.dirname, '..', 'bench-results');

/** Exit code 1 when something could not be measured; a missed promise is a result, not a failure. */
async function main(args: string[]): Promise<number> {
  const names = MEASUREMENTS.map(({ name }) => name);
  const command = parseBench(args, names, process.env, namesOnRequest());
  if (!command) {
    console.log(help(names));
    return 0;
  }
  const { url, adminKey, quick, set } = command;
  let server: Promise<ServerUnderTest> | null = null;
  const context: BenchContext = {
    quick,
    set,
    server() {
      server ??= url ? Promise.resolve(ServerUnderTest.attach(url, adminKey)) : ServerUnderTest.start();
      return server;
    },
    progress: (line) => console.error(`    ${line}`),
  };
  const machine = machineFacts();
  console.log(`${machine.cores} × ${machine.cpu}, ${machine.memoryGb} GB, node ${machine.node}\n`);
  const results: JsonObject = {};
  let failures = 0;
  try {
    for (const { name, title, run } of MEASUREMENTS.filter((one) => command.only.includes(one.name))) {
      console.log(title);
      try {
        const meanwhile = watchNeighbours();
        const { rows, data } = await run(context);
        const { share, disturbed } = meanwhile();
        results[name] = { ...data, otherProgramsShare: share };
        console.log(table(rows));
        if (disturbed) console.log(`  ! other programs used ${percent(share)} of the machine meanwhile`);
        console.log('');
      } catch (error) {
        failures++;
        const message = error instanceof Error ? error.message : String(error);
        results[name] = { error: message };
        console.log(`  ✗ not measured: ${message}\n`);
      }
    }
  } finally {
    await closeServer(server);
  }
  const file = await keep({ date: new Date().toISOString(), quick, set, machine, results });
  console.log(`kept in ${file}`);
  return failures === 0 ? 0 : 1;
}

function namesOnRequest(): string[] {
  return MEASUREMENTS.filter(({ onRequest }) => onRequest).map(({ name }) => name);
}

function percent(share: number | null): string {
  return share === null ? '—' : `${Math.round(share * 100)} %`;
}

async function closeServer(server: Promise<ServerUnderTest> | null): Promise<void> {
  const running = await server?.catch(() => null);
  await running?.close();
}

async function keep(result: JsonObject & { date: string }): Promise<string> {
  await mkdir(RESULTS, { recursive: true });
  const text = `${JSON.stringify(result, null, 2)}\n`;
  const file = join(RESULTS, `${result.date.replaceAll(':', '-').slice(0, 19)}.json`);
  await writeFile(file, text);
  await writeFile(join(RESULTS, 'latest.json'), text);
  return file;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`✗ ${error.message}`);
  process.exitCode = 2;
}

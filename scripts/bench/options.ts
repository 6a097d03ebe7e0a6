import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { UsageError } from '../call/options.ts';

export type BenchCommand = {
  /** Names of measurements, in the order in which they run. */
  only: string[];
  quick: boolean;
  url: string | null;
  adminKey: string | null;
  /** A folder of recordings to measure on instead of a measurement's own. */
  set: string | null;
};

export function help(names: readonly string[]): string {
  return `Usage: npm run bench [-- options]

Starts the server and the demo shop on free ports, calls them with synthetic callers and measures.

  --only A,B     only these of ${names.join(', ')}
  --quick        fewer calls: a look, not a figure to quote
  --url URL      measure a server that runs already (with its demo shop on the next port)
  --admin-key K  its admin key, for the stages of a turn (default SEGUE_ADMIN_KEY)
  --set DIR      recordings to measure on, for what measures recordings (their forms are in the README)
  --help         show this

Results are printed and kept in bench-results/.`;
}

/** Null asks for the help. `onRequest`: names that run only when they are asked for. Throws UsageError. */
export function parseBench(
  args: string[],
  names: readonly string[],
  env: NodeJS.ProcessEnv,
  onRequest: readonly string[] = [],
): BenchCommand | null {
  const values = parse(args);
  if (values.help) return null;
  const only =
    values.only?.split(',').map((name) => name.trim()) ?? names.filter((name) => !onRequest.includes(name));
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`--only: there is no “${unknown}”; there are ${names.join(', ')}`);
  }
  if (values.set !== undefined && !statSync(values.set, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`--set must be a folder, not “${values.set}”`);
  }
  if (values.url !== undefined && !URL.canParse(values.url)) {
    throw new UsageError(`--url must be an address, not “${values.url}”`);
  }
  return {
    only: names.filter((name) => only.includes(name)),
    quick: values.quick,
    url: values.url ?? null,
    adminKey: values['admin-key'] ?? env.SEGUE_ADMIN_KEY ?? null,
    set: values.set ?? null,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        only: { type: 'string' },
        quick: { type: 'boolean', default: false },
        url: { type: 'string' },
        set: { type: 'string' },
        'admin-key': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

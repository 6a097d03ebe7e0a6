import { parseArgs } from 'node:util';
import { UsageError } from '../call/options.ts';
import type { FaultContext, Scenario } from './scenario.ts';

export type FaultCommand = {
  names: string[];
  runs: number;
  jsonFile: string | null;
  path: FaultContext['path'] | null;
};

export function help(scenarios: readonly Pick<Scenario, 'name' | 'about'>[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  return `Usage: npm run fault -- NAME… [--runs N] [--json FILE] [--path interface|relay]

Breaks something in the middle of a real call, in a real browser, and measures what the caller hears of it. NAME is
one of these, or several with commas between them, or all:

${scenarios.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`).join('\n')}

  --runs N     how often each is run (default 1)
  --json FILE  also writes the result there; it is kept in bench-results/ anyway
  --path P     how the visitor's network is made: an interface of a network namespace (needs root), or a relay`;
}

/** Null asks for the list. Throws UsageError. */
export function parseFault(args: string[], known: readonly string[]): FaultCommand | null {
  const { values, positionals } = parse(args);
  const asked = positionals.flatMap((names) => names.split(',')).filter((name) => name !== '');
  if (values.help || asked.length === 0) return null;
  const unknown = asked.find((name) => name !== 'all' && !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`there is no fault “${unknown}”; there are ${known.join(', ')}`);
  }
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1)
    throw new UsageError(`--runs must be a number, not “${values.runs}”`);
  const { path } = values;
  if (path !== undefined && path !== 'interface' && path !== 'relay') {
    throw new UsageError(`--path must be interface or relay, not “${path}”`);
  }
  return {
    names: known.filter((name) => asked.includes('all') || asked.includes(name)),
    runs,
    jsonFile: values.json ?? null,
    path: path ?? null,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        runs: { type: 'string', default: '1' },
        json: { type: 'string' },
        path: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

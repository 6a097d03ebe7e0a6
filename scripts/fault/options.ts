import { parseArgs } from 'node:util';
import { UsageError } from '../call/options.ts';
import type { FaultContext, Scenario } from './scenario.ts';

export type FaultCommand = {
  names: string[];
  /** All were asked for: those that cannot run here are no failure. */
  all: boolean;
  runs: number;
  times: number;
  jsonFile: string | null;
  path: FaultContext['path'] | null;
  /** For what lasts. */
  minutes: number;
  calls: number;
  seconds: number;
  rate: number;
};

type Named = Pick<Scenario, 'name' | 'about'>;

export function help(scenarios: readonly Named[], longRuns: readonly Named[]): string {
  const width = Math.max(...[...scenarios, ...longRuns].map(({ name }) => name.length));
  const list = (all: readonly Named[]) =>
    all.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`).join('\n');
  return `Usage: npm run fault -- NAME… [--runs N] [--times N] [--json FILE] [--path interface|relay]

Breaks something in the middle of a real call, in a real browser, and measures what the caller hears of it. NAME is
one of these, or several with commas between them, or all:

${list(scenarios)}

What lasts, and is not among all:

${list(longRuns)}

  --runs N     how many calls of each (default 1)
  --times N    how often one call is broken, where that can be done again (default 1)
  --json FILE  also writes the result there; it is kept in bench-results/ anyway
  --path P     how the visitor's network is made: an interface of a network namespace (the default; needs root), or a
               relay
  --minutes N, --calls N   of soak (default 60, 4)
  --seconds N, --rate N    of drops (default 60, 100 a second)`;
}

/** Null asks for the list. Throws UsageError. */
export function parseFault(
  args: string[],
  known: readonly string[],
  longRuns: readonly string[],
): FaultCommand | null {
  const { values, positionals } = parse(args);
  const asked = positionals.flatMap((names) => names.split(',')).filter((name) => name !== '');
  if (values.help || asked.length === 0) return null;
  const names = [...known, ...longRuns];
  const unknown = asked.find((name) => name !== 'all' && !names.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`there is no fault “${unknown}”; there are ${names.join(', ')}`);
  }
  const all = asked.includes('all');
  const { path } = values;
  if (path !== undefined && path !== 'interface' && path !== 'relay') {
    throw new UsageError(`--path must be interface or relay, not “${path}”`);
  }
  return {
    names: names.filter((name) => asked.includes(name) || (all && known.includes(name))),
    all,
    runs: count('runs', values.runs),
    times: count('times', values.times),
    minutes: count('minutes', values.minutes),
    calls: count('calls', values.calls),
    seconds: count('seconds', values.seconds),
    rate: count('rate', values.rate),
    jsonFile: values.json ?? null,
    path: path ?? null,
  };
}

function count(name: string, value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new UsageError(`--${name} must be a number, not “${value}”`);
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        runs: { type: 'string', default: '1' },
        times: { type: 'string', default: '1' },
        minutes: { type: 'string', default: '60' },
        calls: { type: 'string', default: '4' },
        seconds: { type: 'string', default: '60' },
        rate: { type: 'string', default: '100' },
        json: { type: 'string' },
        path: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

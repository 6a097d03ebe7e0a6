import type { JsonObject } from '../../shared/json.ts';
import type { ServerUnderTest } from './server.ts';

/** A line of the printed result; `limit` is what the project promises, when it promises something. */
export type Row = { name: string; value: string; limit?: string; met?: boolean };

export type Measured = { rows: Row[]; data: JsonObject };

export type BenchContext = {
  /** Fewer turns and calls: a look, not a figure to quote. */
  quick: boolean;
  /** The folder of `--set`; null: a measurement's own recordings. */
  set: string | null;
  /** Starts the server on first use; the same one for all measurements. */
  server(): Promise<ServerUnderTest>;
  progress(line: string): void;
};

/** One thing that the bench can measure. Rejects when it cannot; the others go on. */
export type Measurement = {
  name: string;
  title: string;
  /** Not among those that run when none is named. */
  onRequest?: boolean;
  run(context: BenchContext): Promise<Measured>;
};

/** A row with a promise: the value in ms, no more than the limit. */
export function limited(name: string, valueMs: number | undefined, limitMs: number): Row {
  if (valueMs === undefined) return { name, value: 'none', limit: `≤ ${limitMs} ms`, met: false };
  return { name, value: `${Math.round(valueMs)} ms`, limit: `≤ ${limitMs} ms`, met: valueMs <= limitMs };
}

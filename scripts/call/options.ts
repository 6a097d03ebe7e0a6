import { parseArgs } from 'node:util';
import type { TurnRequest } from './turn.ts';

export const HELP = `Usage: npm run call -- [options]

A synthetic caller: makes a real WebRTC call, speaks its turns after the assistant has stopped, prints both
sides and the latencies heard at its own ear. Turns are played in the order in which they are given.

Turns
  --say TEXT         speak TEXT with a synthetic voice
  --wav FILE         play a WAV file
  --text TEXT        write TEXT instead of speaking

Call
  --url URL          the server (default http://127.0.0.1:3000)
  --origin ORIGIN    origin of the page that calls (default: the demo shop, the server's port + 1)
  --site KEY         site key (default demo)
  --lang TAG         auto or a language tag (default auto)
  --context FILE     JSON object: what the page claims
  --identity JWT     identity token signed by the customer's back end
  --as ID            sign in at the demo shop as one of its customers, e.g. cus_jane, for that token
  --barge-in MS      speak MS after the assistant began instead of waiting for its end
  --voice NAME       rms, awb, kal16 or slt (default rms)
  --dtx              a still room, in which silence is not sent

Load
  --calls N          make N calls at once (default 1)
  --ramp S           spread their starts over S seconds (default 0)

Output
  --record FILE      write the assistant's audio as a WAV (one call only)
  --json             print one JSON object instead of text
  --help             show this
`;

export const VOICES = ['rms', 'awb', 'kal16', 'slt'] as const;

export type CallCommand = {
  url: string;
  origin: string;
  site: string;
  lang: string;
  contextFile: string | null;
  identity: string | null;
  customerId: string | null;
  bargeInMs: number | null;
  voice: string;
  dtx: boolean;
  turns: TurnRequest[];
  calls: number;
  rampMs: number;
  recordFile: string | null;
  json: boolean;
};

/** A command line that makes no sense; the message is for the person who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const OPTIONS = {
  say: { type: 'string', multiple: true },
  wav: { type: 'string', multiple: true },
  text: { type: 'string', multiple: true },
  url: { type: 'string', default: 'http://127.0.0.1:3000' },
  origin: { type: 'string' },
  site: { type: 'string', default: 'demo' },
  lang: { type: 'string', default: 'auto' },
  context: { type: 'string' },
  identity: { type: 'string' },
  as: { type: 'string' },
  'barge-in': { type: 'string' },
  voice: { type: 'string', default: 'rms' },
  dtx: { type: 'boolean', default: false },
  calls: { type: 'string', default: '1' },
  ramp: { type: 'string', default: '0' },
  record: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Parses the arguments; null asks for the help. Throws UsageError. */
export function parseCommand(args: string[]): CallCommand | null {
  const { values, tokens } = parse(args);
  if (values.help) return null;
  const url = address('url', values.url);
  const calls = number('calls', values.calls, { min: 1, max: 500, whole: true });
  if (calls > 1 && values.record) throw new UsageError('--record works with one call only');
  if (values.as && values.identity) throw new UsageError('--as and --identity exclude each other');
  if (!VOICES.some((voice) => voice === values.voice)) {
    throw new UsageError(`--voice must be one of ${VOICES.join(', ')}`);
  }
  return {
    url: url.origin,
    origin: values.origin ? address('origin', values.origin).origin : shopOrigin(url),
    site: values.site,
    lang: values.lang,
    contextFile: values.context ?? null,
    identity: values.identity ?? null,
    customerId: values.as ?? null,
    bargeInMs: values['barge-in'] === undefined ? null : number('barge-in', values['barge-in'], { min: 0 }),
    voice: values.voice,
    dtx: values.dtx,
    turns: tokens.flatMap((token) => (token.kind === 'option' ? turnOf(token) : [])),
    calls,
    rampMs: number('ramp', values.ramp, { min: 0 }) * 1000,
    recordFile: values.record ?? null,
    json: values.json,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, tokens: true, strict: true, allowPositionals: false });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function turnOf({ name, value = '' }: { name: string; value?: string | undefined }): TurnRequest[] {
  if (name !== 'say' && name !== 'wav' && name !== 'text') return [];
  if (value.trim() === '') throw new UsageError(`--${name} needs something`);
  return [name === 'wav' ? { kind: name, file: value } : { kind: name, text: value }];
}

/** The demo shop stands beside the server, on the next port. */
function shopOrigin(url: URL): string {
  const shop = new URL(url);
  shop.port = String(Number(url.port || (url.protocol === 'https:' ? 443 : 80)) + 1);
  return shop.origin;
}

function address(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new UsageError(`--${name} must be an http or https address, not “${text}”`);
  }
  return url;
}

function number(
  name: string,
  text: string,
  { min, max = Number.POSITIVE_INFINITY, whole = false }: { min: number; max?: number; whole?: boolean },
): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= min && value <= max) || (whole && !Number.isInteger(value))) {
    const range = max === Number.POSITIVE_INFINITY ? `from ${min}` : `from ${min} to ${max}`;
    throw new UsageError(`--${name} must be a ${whole ? 'whole ' : ''}number ${range}, not “${text}”`);
  }
  return value;
}

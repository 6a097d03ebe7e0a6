/** `npm run call`: a synthetic caller. See `--help`. */
import { readFile, writeFile } from 'node:fs/promises';
import { loadFlite } from '../server/speech/engines/flite.ts';
import type { TtsEngine } from '../server/speech/tts.ts';
import { systemClock } from '../shared/clock.ts';
import type { JsonObject } from '../shared/json.ts';
import { placeCalls } from './call/load.ts';
import { type CallCommand, HELP, parseCommand, UsageError } from './call/options.ts';
import { callFailed, describeCall, describeLoad } from './call/report.ts';
import { shopIdentity } from './call/shopIdentity.ts';
import { prepareTurns, type Turn } from './call/turn.ts';

async function main(args: string[]): Promise<number> {
  const command = parseCommand(args);
  if (!command) {
    console.log(HELP);
    return 0;
  }
  const { recordFile } = command;
  const request = {
    ...command,
    page: `${command.origin}/`,
    context: await readContext(command.contextFile),
    identity: await identify(command),
    turns: await prepare(command),
    ...(recordFile ? { onRecording: (wav: Uint8Array) => writeFile(recordFile, wav) } : {}),
  };
  const requests = Array.from({ length: command.calls }, () => request);
  const load = await placeCalls(requests, { rampMs: command.rampMs, clock: systemClock });
  const [first] = load.reports;
  if (command.json) console.log(JSON.stringify(command.calls === 1 ? first : load, null, 2));
  else if (first && command.calls === 1) console.log(describeCall(first));
  else console.log(describeLoad(load.reports));
  if (load.warning) console.error(`! ${load.warning}`);
  return load.reports.some(callFailed) ? 1 : 0;
}

async function prepare({ turns, voice }: CallCommand): Promise<Turn[]> {
  let engine: TtsEngine | null = null;
  try {
    if (turns.some(({ kind }) => kind === 'say')) engine = await loadFlite();
    return await prepareTurns(turns, engine, voice);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  } finally {
    await engine?.close();
  }
}

async function identify({ customerId, identity, origin }: CallCommand): Promise<string | null> {
  if (customerId === null) return identity;
  try {
    return await shopIdentity(origin, customerId);
  } catch (error) {
    throw new UsageError(`--as ${customerId}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function readContext(file: string | null): Promise<JsonObject> {
  if (file === null) return {};
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
    throw new Error('it is not a JSON object');
  } catch (error) {
    throw new UsageError(`--context ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`✗ ${error.message}\n  npm run call -- --help tells the options`);
  process.exitCode = 2;
}

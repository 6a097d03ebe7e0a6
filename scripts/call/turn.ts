import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { TtsEngine } from '../../server/speech/tts.ts';
import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import { resample } from './resample.ts';
import { readWav } from './wav.ts';

/** What the caller does next, as asked for on the command line. */
export type TurnRequest =
  | { kind: 'say'; text: string }
  | { kind: 'wav'; file: string }
  | { kind: 'text'; text: string };

/** The same with its audio; `said` is for people. */
export type Turn = { kind: 'voice'; said: string; pcm16k: Float32Array } | { kind: 'text'; said: string };

/** Makes all audio before the call, so that nothing is computed while it is timed. `engine` may be null without speech. */
export async function prepareTurns(
  requests: readonly TurnRequest[],
  engine: TtsEngine | null,
  voice: string,
): Promise<Turn[]> {
  const turns: Turn[] = [];
  for (const request of requests) turns.push(await prepareTurn(request, engine, voice));
  return turns;
}

async function prepareTurn(request: TurnRequest, engine: TtsEngine | null, voice: string): Promise<Turn> {
  if (request.kind === 'text') return { kind: 'text', said: request.text };
  if (request.kind === 'wav') {
    const { rateHz, samples } = readWav(await readFile(request.file));
    const pcm16k = resample(samples, rateHz, SPEECH_RATE_HZ);
    return { kind: 'voice', said: basename(request.file), pcm16k };
  }
  if (!engine) throw new Error('speaking needs a voice');
  const { pcm16k } = await engine.synthesise(request.text, { language: 'en', voice });
  return { kind: 'voice', said: request.text, pcm16k };
}

import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as z from 'zod';
import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import { resample } from '../call/resample.ts';
import { readWav } from '../call/wav.ts';
import { energySegments } from './energySegments.ts';
import { gainOf, levelDb, NOISE_KINDS, type NoiseKind, noiseOf } from './noise.ts';
import type { Segment } from './turnSet.ts';

/** A sound and where in it somebody speaks; `condition` groups sounds in the results. */
export type Labelled = { name: string; condition: string; pcm16k: Float32Array; segments: Segment[] };

/** Real recordings beside the project, where the machine has them. */
export const RECORDINGS = join(import.meta.dirname, '..', '..', '..', 'shared', 'speech');

const SNRS_DB = [20, 10, 5] as const;
/** Two kinds of noise at each ratio; all kinds come up within three recordings. */
const KINDS_EACH = 2;
const QUIET_MS = 800;
/** Level of speech that telephone measurements take for normal (ITU-T P.56 active level, P.800). */
const SPEECH_DB = -26;
/** A quiet room's own sound, so that nothing is quite silent. */
const ROOM_DB = -66;

const segment = z
  .object({ startMs: z.number().nonnegative(), endMs: z.number().nonnegative() })
  .refine(({ startMs, endMs }) => endMs > startMs, 'a segment ends after it starts');
/** A list of segments, or a turn of the `endpointing` set. */
const segmentsFile = z.union([
  z.array(segment),
  z
    .object({ segments: z.array(z.tuple([z.number(), z.number()])) })
    .transform(({ segments }) => segments.map(([startMs, endMs]) => ({ startMs, endMs })))
    .pipe(z.array(segment)),
]);

/**
 * Every WAV of a folder that has a file of segments beside it (`x.wav`, `x.json`:
 * `[{ "startMs": 120, "endMs": 1480 }, …]`, in order, or what the `endpointing` set has). Throws when a file is not that, or none is there.
 */
export async function labelledSet(folder: string): Promise<Labelled[]> {
  const files = globSync('**/*.wav', { cwd: folder }).toSorted();
  const made: Labelled[] = [];
  for (const name of files) {
    const beside = join(folder, name.replace(/wav$/, 'json'));
    if (!existsSync(beside)) continue;
    const parsed = segmentsFile.safeParse(JSON.parse(await readFile(beside, 'utf8')));
    if (!parsed.success) throw new Error(`${relative(folder, beside)}: ${z.prettifyError(parsed.error)}`);
    made.push({
      name,
      condition: 'all',
      pcm16k: await read(join(folder, name)),
      segments: parsed.data,
    });
  }
  if (made.length === 0) throw new Error(`no WAV with segments beside it (x.wav, x.json) in ${folder}`);
  return made;
}

/**
 * Pairs of real recordings with silence before, between and after them, as they are and with noise at 20, 10 and 5 dB
 * below the speech; the truth comes from the clean recordings. Rejects where there are none.
 */
export async function mixedSet(folder: string): Promise<Labelled[]> {
  const names = globSync('*/*.wav', { cwd: folder }).toSorted();
  if (names.length === 0) throw new Error(`no recordings in ${folder}; name some with --set`);
  const clips = await Promise.all(names.map(async (name) => clipOf(await read(join(folder, name)))));
  const made: Labelled[] = [];
  for (const [index, name] of names.entries()) {
    const other = (index + 5) % clips.length;
    const pair = joined([clips[index] as Clip, clips[other] as Clip]);
    const voices = clips.filter((_, at) => at !== index && at !== other).map(({ pcm16k }) => pcm16k);
    const add = (condition: string, kind: NoiseKind, noiseDb: number): void => {
      const noise = noiseOf(kind, made.length + 1, voices)(pair.pcm16k.length);
      const gain = gainOf(noiseDb);
      const pcm16k = pair.pcm16k.map((sample, at) => sample + gain * (noise[at] as number));
      made.push({ name: `${name} ${condition} ${kind}`, condition, pcm16k, segments: pair.segments });
    };
    add('clean', 'pink', ROOM_DB);
    for (const [row, snrDb] of SNRS_DB.entries()) {
      for (let count = 0; count < KINDS_EACH; count += 1) {
        const kind = NOISE_KINDS[(KINDS_EACH * (index + row) + count) % NOISE_KINDS.length] as NoiseKind;
        add(`${snrDb} dB`, kind, SPEECH_DB - snrDb);
      }
    }
  }
  return made;
}

type Clip = { pcm16k: Float32Array; segments: Segment[] };

const samplesOf = (ms: number): number => Math.round((ms * SPEECH_RATE_HZ) / 1000);

/** The speech in it brought to the normal level. */
function clipOf(pcm16k: Float32Array): Clip {
  const segments = energySegments(pcm16k);
  const spoken = segments.flatMap(({ startMs, endMs }) => [
    ...pcm16k.subarray(samplesOf(startMs), samplesOf(endMs)),
  ]);
  const gain = gainOf(SPEECH_DB - levelDb(Float32Array.from(spoken)));
  return { pcm16k: pcm16k.map((sample) => sample * gain), segments };
}

function joined(clips: readonly Clip[]): Clip {
  const quiet = samplesOf(QUIET_MS);
  const length = clips.reduce((sum, { pcm16k }) => sum + pcm16k.length + quiet, quiet);
  const whole: Clip = { pcm16k: new Float32Array(length), segments: [] };
  let at = quiet;
  for (const { pcm16k, segments } of clips) {
    whole.pcm16k.set(pcm16k, at);
    const laterMs = (at / SPEECH_RATE_HZ) * 1000;
    for (const { startMs, endMs } of segments) {
      whole.segments.push({ startMs: startMs + laterMs, endMs: endMs + laterMs });
    }
    at += pcm16k.length + quiet;
  }
  return whole;
}

async function read(file: string): Promise<Float32Array> {
  const { rateHz, samples } = readWav(await readFile(file));
  return resample(samples, rateHz, SPEECH_RATE_HZ);
}

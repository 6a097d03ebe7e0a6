import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import { resample } from '../call/resample.ts';
import { readWav } from '../call/wav.ts';

/** A stretch of speech, in milliseconds since the recording began. */
export type Segment = { startMs: number; endMs: number };

export type Recording = {
  name: string;
  /** Primary language subtag. */
  language: string;
  speaker: string;
  pcm16k: Float32Array;
  text: string;
  /** Null where nobody has marked them. */
  segments: Segment[] | null;
};

/** What stands beside a WAV as `.json`. */
const Notes = z.object({
  text: z.string().default(''),
  language: z.string().length(2).optional(),
  speaker: z.string().optional(),
  segments: z.array(z.tuple([z.number().min(0), z.number().min(0)])).optional(),
});

/**
 * All recordings under a folder. Beside `name.wav` stands `name.json` (`text`, `segments: [[startMs, endMs], …]`,
 * optionally `language` and `speaker`) or `name.txt` with the words. Without a language, that of the folder's name
 * counts, or English; without a speaker, the file's name without its number. Throws on a file that cannot be read.
 */
export async function readTurnSet(folder: string): Promise<Recording[]> {
  const files = await readdir(folder, { recursive: true });
  const wavs = files.filter((name) => name.toLowerCase().endsWith('.wav')).sort();
  return await Promise.all(wavs.map((name) => readRecording(folder, name)));
}

async function readRecording(folder: string, file: string): Promise<Recording> {
  const path = join(folder, file);
  const bare = path.slice(0, -'.wav'.length);
  try {
    const { rateHz, samples } = readWav(await readFile(path));
    const notes = await readNotes(bare);
    const name = relative(folder, bare);
    const folderName = basename(dirname(path));
    return {
      name,
      language: notes.language ?? (/^[a-z]{2}$/.test(folderName) ? folderName : 'en'),
      speaker: notes.speaker ?? name.replace(/[-_]?\d+$/, ''),
      pcm16k: resample(samples, rateHz, SPEECH_RATE_HZ),
      text: notes.text.trim(),
      segments: notes.segments?.map(([startMs, endMs]) => ({ startMs, endMs })) ?? null,
    };
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function readNotes(bare: string): Promise<z.infer<typeof Notes>> {
  if (existsSync(`${bare}.json`)) return Notes.parse(JSON.parse(await readFile(`${bare}.json`, 'utf8')));
  if (existsSync(`${bare}.txt`)) return { text: await readFile(`${bare}.txt`, 'utf8') };
  return { text: '' };
}

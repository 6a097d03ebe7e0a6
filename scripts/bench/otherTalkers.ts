import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TtsEngine } from '../../server/speech/tts.ts';
import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import { resample } from '../call/resample.ts';
import { readWav } from '../call/wav.ts';

/** Recordings of people, beside the project where there are some. */
const FOLDER = join(import.meta.dirname, '..', '..', '..', 'shared', 'speech');
const PIECE_MS = 2_500;
const SKIP_MS = 600;
const SENTENCE = 'And then I told him that the meeting had been moved to the other building again.';
const VOICES = ['slt', 'kal16', 'awb', 'rms'];

export type OtherTalker = { name: string; pcm16k: Float32Array };

/** People who talk behind the caller: pieces of recordings, of flite's voices where there are none. */
export async function otherTalkers(tts: TtsEngine, count: number): Promise<OtherTalker[]> {
  const recorded = existsSync(FOLDER) ? await recordedTalkers() : [];
  const talkers = recorded.length > 0 ? recorded : await spokenTalkers(tts);
  return Array.from({ length: count }, (_, index) => talkers[index % talkers.length]).filter((one) => !!one);
}

async function recordedTalkers(): Promise<OtherTalker[]> {
  const files = (await readdir(FOLDER, { recursive: true })).filter((file) => file.endsWith('.wav')).sort();
  return await Promise.all(
    files.map(async (name) => {
      const { rateHz, samples } = readWav(await readFile(join(FOLDER, name)));
      const pcm16k = resample(samples, rateHz, SPEECH_RATE_HZ);
      const from = (SKIP_MS * SPEECH_RATE_HZ) / 1000;
      return { name, pcm16k: pcm16k.slice(from, from + (PIECE_MS * SPEECH_RATE_HZ) / 1000) };
    }),
  );
}

async function spokenTalkers(tts: TtsEngine): Promise<OtherTalker[]> {
  return await Promise.all(
    VOICES.map(async (voice) => {
      const { pcm16k } = await tts.synthesise(SENTENCE, { language: 'en', voice });
      return { name: voice, pcm16k };
    }),
  );
}

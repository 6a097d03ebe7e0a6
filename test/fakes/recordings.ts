/** Sound for tests of the speech engines: spoken by flite, and real recordings where the machine has them. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import { libvoskFile, modelDir, userCacheDir } from '../../shared/cache.ts';

const WAV_HEADER_BYTES = 44;

const folder = resolve(import.meta.dirname, '../../../shared/speech');

/** Path of a recording, or null where it is absent; says so. */
export function recording(name: string): string | null {
  const file = join(folder, name);
  if (existsSync(file)) return file;
  console.warn(`Skipped: the recording ${name} is not on this machine.`);
  return null;
}

/** Samples of a 16 kHz mono WAV of 16 bits. */
export function readWav(file: string): Float32Array {
  const bytes = readFileSync(file).subarray(WAV_HEADER_BYTES);
  return Float32Array.from({ length: bytes.length >> 1 }, (_, at) => bytes.readInt16LE(2 * at) / 32_768);
}

/** Where set-up has put Vosk, or null; says so. */
export const voskFiles = (() => {
  const cache = userCacheDir();
  const files = { libraryFile: libvoskFile(cache), modelDir: modelDir(cache, 'vosk-en') };
  if (files.libraryFile && existsSync(files.libraryFile) && existsSync(files.modelDir)) return files;
  console.warn('Skipped: Vosk is not on this machine; `npm start` or `npm test` fetches it.');
  return null;
})();

export const silence = (ms: number): Float32Array => new Float32Array((ms * SPEECH_RATE_HZ) / 1000);

/** White noise of a level in dBFS, the same each time. */
export function noise(ms: number, dBFS: number, seed = 1): Float32Array {
  let state = seed;
  const peak = 10 ** (dBFS / 20) * Math.sqrt(3);
  return silence(ms).map(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 31 - 1) * peak;
  });
}

export function join16k(...parts: Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function mix(voice: Float32Array, background: Float32Array): Float32Array {
  return voice.map((sample, at) => sample + (background[at] ?? 0));
}

/** Consecutive pieces of a length; the last one filled with zeros. */
export function pieces(pcm16k: Float32Array, samples: number): Float32Array[] {
  return Array.from({ length: Math.ceil(pcm16k.length / samples) }, (_, index) => {
    const piece = new Float32Array(samples);
    piece.set(pcm16k.subarray(index * samples, (index + 1) * samples));
    return piece;
  });
}

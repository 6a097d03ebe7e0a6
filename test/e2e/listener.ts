import { loadVosk } from '../../server/speech/engines/vosk.ts';
import type { SttEngine } from '../../server/speech/stt.ts';
import { libvoskFile, modelDir, userCacheDir } from '../../shared/cache.ts';

/** As much as the recogniser's thread takes at once, and where in it a pause to cut at is looked for. */
const PIECE_SAMPLES = 5 * 16_000;
const LEAST_SAMPLES = 2 * 16_000;
const PAUSE_SAMPLES = 0.1 * 16_000;

/** A second pair of ears: recognises what the assistant was recorded saying. */
export class Listener {
  readonly #stt: SttEngine;

  private constructor(stt: SttEngine) {
    this.#stt = stt;
  }

  static async open(): Promise<Listener> {
    const cache = userCacheDir();
    return new Listener(
      await loadVosk({
        libraryFile: libvoskFile(cache),
        modelDir: modelDir(cache, 'vosk-en'),
        language: 'en',
        threads: 1,
      }),
    );
  }

  /** The words of a recording. It is heard twice: the recogniser learns the voice from the first time. */
  async hear(pcm16k: Float32Array): Promise<string> {
    const stream = await this.#stt.open({ language: 'en' });
    let texts: string[] = [];
    for (let pass = 0; pass < 2; pass += 1) {
      texts = [];
      for (const piece of piecesOf(pcm16k)) {
        stream.write(piece.slice());
        texts.push((await stream.flush()).text);
      }
    }
    stream.close();
    return texts.join(' ');
  }

  async close(): Promise<void> {
    await this.#stt.close();
  }
}

/** Cut at the quietest place, never inside a word. */
function piecesOf(pcm16k: Float32Array): Float32Array[] {
  if (pcm16k.length <= PIECE_SAMPLES) return [pcm16k];
  let cut = LEAST_SAMPLES;
  let least = Number.POSITIVE_INFINITY;
  for (let at = LEAST_SAMPLES; at + PAUSE_SAMPLES <= PIECE_SAMPLES; at += PAUSE_SAMPLES / 2) {
    const energy = pcm16k.subarray(at, at + PAUSE_SAMPLES).reduce((sum, sample) => sum + sample * sample, 0);
    if (energy >= least) continue;
    least = energy;
    cut = at + PAUSE_SAMPLES / 2;
  }
  return [pcm16k.subarray(0, cut), ...piecesOf(pcm16k.subarray(cut))];
}

/** How many of a caption's longer words were heard, 0…1. A small recogniser mishears some; nonsense shares none. */
export function sharedWords(caption: string, heard: string): number {
  const words = caption.toLowerCase().match(/[a-z']{4,}/g) ?? [];
  const found = new Set(heard.split(' '));
  return words.filter((word) => found.has(word)).length / Math.max(1, words.length);
}

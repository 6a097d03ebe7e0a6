import { loadVosk } from '../../server/speech/engines/vosk.ts';
import type { SttEngine } from '../../server/speech/stt.ts';
import { libvoskFile, modelDir, userCacheDir } from '../../shared/cache.ts';

/** As much as the recogniser's thread takes at once. */
const PIECE_SAMPLES = 5 * 16_000;

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
      for (let at = 0; at < pcm16k.length; at += PIECE_SAMPLES) {
        stream.write(pcm16k.slice(at, at + PIECE_SAMPLES));
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

/** How many of a caption's longer words were heard, 0…1. A small recogniser mishears some; nonsense shares none. */
export function sharedWords(caption: string, heard: string): number {
  const words = caption.toLowerCase().match(/[a-z']{4,}/g) ?? [];
  const found = new Set(heard.split(' '));
  return words.filter((word) => found.has(word)).length / Math.max(1, words.length);
}

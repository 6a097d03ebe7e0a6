import { LRUCache } from 'lru-cache';
import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import type { SpokenAudio, TtsEngine } from './tts.ts';

/** About 8 MB of samples. */
const DEFAULT_SECONDS = 120;
/** Sentences may name persons: they are not kept for longer than the calls in which they are likely to come again. */
const KEPT_MS = 15 * 60_000;

/** Remembers recent sentences of an engine; closing it closes the engine. The samples are shared: not to be changed. */
export function cachedTts(engine: TtsEngine, options: { maxSeconds?: number } = {}): TtsEngine {
  const spoken = new LRUCache<string, SpokenAudio>({
    maxSize: (options.maxSeconds ?? DEFAULT_SECONDS) * SPEECH_RATE_HZ,
    sizeCalculation: ({ pcm16k }) => Math.max(1, pcm16k.length),
    ttl: KEPT_MS,
  });
  const making = new Map<string, Promise<SpokenAudio>>();
  return {
    name: engine.name,
    languages: engine.languages,
    voices: engine.voices,
    async synthesise(text, how) {
      how.signal?.throwIfAborted();
      const key = JSON.stringify([how.language, how.voice ?? engine.voices[0], how.rate ?? 1, text]);
      const known = spoken.get(key);
      if (known) return known;
      const same = making.get(key);
      if (same) return await same;
      const audio = engine.synthesise(text, how);
      // What may be aborted is nobody else's to wait for.
      if (!how.signal) {
        making.set(key, audio);
        audio.catch(() => {}).finally(() => making.delete(key));
      }
      spoken.set(key, await audio);
      return await audio;
    },
    close() {
      spoken.clear();
      return engine.close();
    },
  };
}

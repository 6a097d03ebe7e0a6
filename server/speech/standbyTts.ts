import type { SpokenAudio, TtsEngine } from './tts.ts';

/** An engine that is loaded when it is first needed, and again when that failed: until then it costs nothing. */
export function standbyTts(
  about: Pick<TtsEngine, 'name' | 'languages' | 'voices'>,
  load: () => Promise<TtsEngine>,
): TtsEngine {
  let loading: Promise<TtsEngine> | null = null;
  let closed = false;
  const engine = (): Promise<TtsEngine> => {
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
  return {
    name: about.name,
    languages: about.languages,
    voices: about.voices,
    async synthesise(text, options): Promise<SpokenAudio> {
      if (closed) throw new Error('It is closed.');
      return await (await engine()).synthesise(text, options);
    },
    async close() {
      closed = true;
      const loaded = await loading?.catch(() => null);
      await loaded?.close();
    },
  };
}

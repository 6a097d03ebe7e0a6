/** Text-to-speech port. */

export type SpokenAudio = { pcm16k: Float32Array };

export type TtsEngine = {
  readonly name: string;
  readonly languages: readonly string[];
  /** Voice names, the default one first. */
  readonly voices: readonly string[];
  /**
   * One sentence of plain text; `rate` 1 is normal, 0.8 slower. Commas and full stops make pauses.
   * Rejects with SPEECH_UNAVAILABLE when the engine fails, with the signal's reason when aborted.
   */
  synthesise(
    text: string,
    options: { language: string; voice?: string; rate?: number; signal?: AbortSignal },
  ): Promise<SpokenAudio>;
  close(): Promise<void>;
};

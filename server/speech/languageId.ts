/** Port of engines that recognise which language is spoken. They do their work off the main thread. */

export type LanguageIdEngine = {
  readonly name: string;
  /** What its scores are of, in order: primary language subtags, and `noise` for what is no speech. */
  readonly labels: readonly string[];
  /**
   * Scores (logarithms of odds, unnormalised) of `labels` for 0.2…5 s of speech at 16 kHz, at any level; ownership of
   * the samples passes to the engine. Rejects with BAD_REQUEST for less, MODEL_INVALID for a model that is damaged or
   * another one, SPEECH_UNAVAILABLE when the engine is gone.
   */
  judge(pcm16k: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
};

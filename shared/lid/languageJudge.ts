/** What recognises which language is spoken, on either side. */
export type LanguageJudge = {
  /** What its scores are of, in order: primary language subtags, and `noise` for what is no speech. */
  readonly labels: readonly string[];
  /**
   * Scores (logarithms of odds, unnormalised) of `labels` for 0.2…5 s of speech at 16 kHz, at any level; ownership of
   * the samples passes to the judge.
   */
  judge(pcm16k: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
};

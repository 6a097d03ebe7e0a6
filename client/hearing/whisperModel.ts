import type { LanguageJudge } from '../../shared/lid/languageJudge.ts';

/** A tensor of Transformers.js, as far as it is needed here. */
type Values = { data: ArrayLike<number> };

/** What is needed of Transformers.js: a feature extractor and the model behind it, both loaded. */
export type WhisperParts = {
  /** Whisper's log-mel spectrogram of up to 30 s. */
  features(pcm16k: Float32Array): Promise<unknown>;
  /** Logits of the token after the first one, which is the language's. */
  firstToken(features: unknown): Promise<Values>;
  /** Tokens of languages by name, as `<|de|>`; of the model's own generation configuration. */
  languages: Readonly<Record<string, number>>;
};

const LANGUAGE_TOKEN = /^<\|([a-z]{2,3})\|>$/;

/**
 * Recognises the language as Whisper does (A. Radford et al., "Robust Speech Recognition via Large-Scale Weak
 * Supervision", 2022, section 2.3): its decoder's first token. Throws when the model knows no languages.
 */
export function whisperJudge(parts: WhisperParts): LanguageJudge {
  const known = Object.entries(parts.languages).flatMap(([name, token]) => {
    const label = LANGUAGE_TOKEN.exec(name)?.[1];
    return label ? [{ label, token }] : [];
  });
  if (known.length === 0) throw new Error('The model knows no languages.');
  return {
    labels: known.map(({ label }) => label),
    async judge(pcm16k) {
      const { data } = await parts.firstToken(await parts.features(pcm16k));
      return Float32Array.from(known, ({ token }) => data[token] ?? Number.NEGATIVE_INFINITY);
    },
    async close() {},
  };
}

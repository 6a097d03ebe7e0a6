/** What the page tells Whisper's worker: where the model is, once; then speech at 16 kHz. */
export type WhisperOrder = { model: string; wasm: string } | { pcm16k: Float32Array };

/** What it answers: what its scores are of, once; then the scores, in the order of the questions; or why it cannot. */
export type WhisperAnswer = { labels: string[] } | { scores: Float32Array } | { failed: string };

/** Voice-activity port: one stream a call, fed in order. */

/** Samples of one step: 32 ms at 16 kHz (Silero's window). */
export const VAD_WINDOW_SAMPLES = 512;

export type VadStream = {
  /** Probability of speech, 0…1, in the window of VAD_WINDOW_SAMPLES samples. Calls are answered in order. */
  process(pcm16k: Float32Array): Promise<number>;
  reset(): void;
  close(): void;
};

export type VadEngine = {
  readonly name: string;
  open(): Promise<VadStream>;
  close(): Promise<void>;
};

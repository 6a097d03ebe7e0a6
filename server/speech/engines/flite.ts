import { SegueError } from '../../../shared/errors.ts';
import type { TtsEngine } from '../tts.ts';

export type FliteOptions = {
  /** Worker threads; default 1. */
  threads?: number;
};

/** Voices slt (default), awb, rms, kal16. Rejects with SPEECH_UNAVAILABLE when the WASM cannot be loaded. */
export async function loadFlite(_options: FliteOptions = {}): Promise<TtsEngine> {
  throw new SegueError('SPEECH_UNAVAILABLE');
}

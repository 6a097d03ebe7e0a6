import { SegueError } from '../../../shared/errors.ts';
import type { VadEngine } from '../vad.ts';

/** Silero VAD in one worker thread for all calls. Rejects with MODEL_MISSING or SPEECH_UNAVAILABLE. */
export async function loadSilero(_options: { modelFile?: string } = {}): Promise<VadEngine> {
  throw new SegueError('SPEECH_UNAVAILABLE');
}

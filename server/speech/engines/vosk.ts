import { SegueError } from '../../../shared/errors.ts';
import type { SttEngine } from '../stt.ts';

export type VoskOptions = {
  /** Path of libvosk for this platform; null where none is published. */
  libraryFile: string | null;
  /** Folder of the model. */
  modelDir: string;
  /** Primary language subtag of the model. */
  language: string;
  /** Worker threads; default cores − 1, at least 1. */
  threads?: number;
};

/** Loads library and model in worker threads. Rejects with MODEL_MISSING when a file is absent or unreadable. */
export async function loadVosk(_options: VoskOptions): Promise<SttEngine> {
  throw new SegueError('SPEECH_UNAVAILABLE');
}

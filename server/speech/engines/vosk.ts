import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { SegueError } from '../../../shared/errors.ts';
import type { SttEngine, SttOptions, SttStream } from '../stt.ts';
import { SupervisedWorker } from './supervisedWorker.ts';
import type { Pointer } from './voskLibrary.ts';
import { VoskStream, type VoskThread } from './voskStream.ts';
import type { VoskWorkerData } from './voskWorker.ts';

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

type Lane = { thread: VoskThread; streams: Map<number, VoskStream> };

/** Streaming recognition with libvosk; one model in memory, its recognisers spread over worker threads. */
class Vosk implements SttEngine {
  readonly name = 'vosk';
  readonly languages: readonly string[];
  readonly #lanes: Lane[];
  #lastId = 0;

  constructor(language: string, threads: VoskThread[]) {
    this.languages = [language];
    this.#lanes = threads.map((thread) => {
      const streams = new Map<number, VoskStream>();
      thread.on('message', (answer) => streams.get(answer.stream)?.answered(answer));
      thread.on('lost', (error) => {
        for (const stream of streams.values()) stream.lost(error);
      });
      return { thread, streams };
    });
  }

  async open({ language, spot = [] }: SttOptions): Promise<SttStream> {
    if (!this.languages.includes(language.split('-')[0] as string)) {
      throw new SegueError('SPEECH_UNAVAILABLE', `Vosk has no model for "${language}".`);
    }
    const usable = this.#lanes.filter(({ thread }) => thread.up);
    if (usable.length === 0) throw new SegueError('SPEECH_UNAVAILABLE', 'Vosk is being started again.');
    const lane = usable.reduce((least, other) => (other.streams.size < least.streams.size ? other : least));
    const id = ++this.#lastId;
    const stream = new VoskStream(id, lane.thread, spot, () => lane.streams.delete(id));
    lane.streams.set(id, stream);
    return stream;
  }

  async close(): Promise<void> {
    for (const { streams } of this.#lanes) for (const stream of streams.values()) stream.close();
    await Promise.all(this.#lanes.map(({ thread }) => thread.close()));
  }
}

function requireFiles({ libraryFile, modelDir }: VoskOptions): string {
  if (!libraryFile) throw new SegueError('SPEECH_UNAVAILABLE', 'No libvosk is published for this platform.');
  for (const file of [libraryFile, join(modelDir, 'am', 'final.mdl')]) {
    if (!existsSync(file)) throw new SegueError('MODEL_MISSING', `There is no ${file}.`);
  }
  return libraryFile;
}

/** Loads library and model in worker threads. Rejects with MODEL_MISSING when a file is absent or unreadable. */
export async function loadVosk(options: VoskOptions): Promise<SttEngine> {
  const libraryFile = requireFiles(options);
  let model: Pointer | null = null;
  const data = (): VoskWorkerData => ({ libraryFile, modelDir: options.modelDir, model });
  const script = new URL('./voskWorker.ts', import.meta.url);
  const threads = Array.from(
    { length: options.threads ?? Math.max(1, availableParallelism() - 1) },
    (): VoskThread => new SupervisedWorker(script, data),
  );
  const [first, ...others] = threads as [VoskThread, ...VoskThread[]];
  try {
    // The first thread loads the model; it outlives the thread, so that all others, later ones too, are given its address.
    model = (await first.start()).model;
    await Promise.all(others.map((thread) => thread.start()));
  } catch (error) {
    await Promise.all(threads.map((thread) => thread.close()));
    throw error;
  }
  return new Vosk(options.language, threads);
}

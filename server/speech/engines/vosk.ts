import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { SegueError } from '../../../shared/errors.ts';
import type { SttEngine, SttOptions, SttStream } from '../stt.ts';
import { launchProcess } from './launch.ts';
import { SupervisedWorker, type WatchedPart } from './supervisedWorker.ts';
import type { VoskAnswer } from './voskLane.ts';
import type { LaneJob, VoskStart } from './voskProcess.ts';
import { type VoskJobs, VoskStream } from './voskStream.ts';

export type VoskOptions = {
  /** Path of libvosk for this platform; null where none is published. */
  libraryFile: string | null;
  /** Folder of the model. */
  modelDir: string;
  /** Primary language subtag of the model. */
  language: string;
  /** Segments recognised at once; default cores − 1, at least 1. */
  threads?: number;
};

type VoskProcess = SupervisedWorker<LaneJob, VoskAnswer, null>;
/** Computes by itself, and hangs by itself: one in native code can be ended only with its process. */
type Lane = WatchedPart & { jobs: VoskJobs; streams: Set<VoskStream> };

/** A step takes some 20 ms, and on a machine that is overloaded a second; a lane that is silent for so long hangs. */
const HANGS_MS = 4_000;

/** Streaming recognition with libvosk: one model in a process of its own, its recognisers spread over lanes. */
class Vosk implements SttEngine {
  readonly name = 'vosk';
  readonly languages: readonly string[];
  readonly #process: VoskProcess;
  readonly #lanes: Lane[];
  readonly #streams = new Map<number, { stream: VoskStream; lane: Lane }>();
  #lastId = 0;

  constructor(language: string, process: VoskProcess, lanes: number) {
    this.languages = [language];
    this.#process = process;
    this.#lanes = Array.from({ length: lanes }, (_, lane) => {
      const streams = new Set<VoskStream>();
      return {
        streams,
        busy: () => [...streams].some(({ busy }) => busy),
        heardAtMs: 0,
        jobs: {
          get up() {
            return process.up;
          },
          post: (job) => process.post({ lane, job }),
        },
      };
    });
    process.on('message', (answer) => {
      const asked = this.#streams.get(answer.stream);
      if (!asked) return;
      asked.lane.heardAtMs = performance.now();
      asked.stream.answered(answer);
    });
    process.on('lost', (error) => {
      for (const { stream } of [...this.#streams.values()]) stream.lost(error);
    });
    process.watchParts(this.#lanes, HANGS_MS);
  }

  get available(): boolean {
    return this.#process.up;
  }

  async open({ language, spot = [] }: SttOptions): Promise<SttStream> {
    if (!this.languages.includes(language.split('-')[0] as string)) {
      throw new SegueError('SPEECH_UNAVAILABLE', `Vosk has no model for "${language}".`);
    }
    if (!this.#process.up) throw new SegueError('SPEECH_UNAVAILABLE', 'Vosk is being started again.');
    const lane = this.#lanes.reduce((least, other) =>
      other.streams.size < least.streams.size ? other : least,
    );
    const id = ++this.#lastId;
    const stream = new VoskStream(id, lane.jobs, spot, () => {
      lane.streams.delete(stream);
      this.#streams.delete(id);
    });
    lane.streams.add(stream);
    this.#streams.set(id, { stream, lane });
    return stream;
  }

  async close(): Promise<void> {
    for (const { stream } of [...this.#streams.values()]) stream.close();
    await this.#process.close();
  }
}

function requireFiles({ libraryFile, modelDir }: VoskOptions): string {
  if (!libraryFile) throw new SegueError('MODEL_MISSING', 'No libvosk is published for this platform.');
  for (const file of [libraryFile, join(modelDir, 'am', 'final.mdl')]) {
    if (!existsSync(file)) throw new SegueError('MODEL_MISSING', `There is no ${file}.`);
  }
  return libraryFile;
}

/** Loads library and model in a process. Rejects with MODEL_MISSING when a file is absent or unreadable. */
export async function loadVosk(options: VoskOptions): Promise<SttEngine> {
  const lanes = options.threads ?? Math.max(1, availableParallelism() - 1);
  const start: VoskStart = { libraryFile: requireFiles(options), modelDir: options.modelDir, lanes };
  const process: VoskProcess = new SupervisedWorker(
    new URL('./voskProcess.ts', import.meta.url),
    () => start,
    launchProcess,
  );
  try {
    await process.start();
  } catch (error) {
    await process.close();
    throw error;
  }
  return new Vosk(options.language, process, lanes);
}

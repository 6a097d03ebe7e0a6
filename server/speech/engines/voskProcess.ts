/**
 * Process: libvosk, with the one model and as many lanes as it may compute at once. A fault in native code, which no
 * `catch` sees, ends this process; the calls go on with the next one.
 */
import { Worker } from 'node:worker_threads';
import { type VoskAnswer, type VoskJob, VoskLane } from './voskLane.ts';
import { openVoskLibrary, type Pointer, type VoskLibrary } from './voskLibrary.ts';
import { withTuning } from './voskTuning.ts';
import type { VoskWorkerData } from './voskWorker.ts';

/** The first message. */
export type VoskStart = { libraryFile: string; modelDir: string; lanes: number };
export type LaneJob = { lane: number; job: VoskJob };

type Take = (job: VoskJob) => void;

if (!process.send) throw new Error('This file is a process of its own.');
const tell = (message: unknown): void => void process.send?.(message, undefined, undefined, () => {});

// It ends with its parent, and not with the terminal's signal: calls may be ending that need it.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

function load({ libraryFile, modelDir }: VoskStart): { vosk: VoskLibrary; model: Pointer } | null {
  try {
    const vosk = openVoskLibrary(libraryFile);
    vosk.setLogLevel(-1);
    const model = withTuning(modelDir, (folder) => vosk.newModel(folder));
    if (model) return { vosk, model };
    tell({ type: 'refused', code: 'MODEL_MISSING', detail: `No Vosk model in ${modelDir}.` });
  } catch (error) {
    tell({ type: 'refused', code: 'MODEL_MISSING', detail: `libvosk: ${String(error)}` });
  }
  return null;
}

function threadLane(data: VoskWorkerData): Take {
  const worker = new Worker(new URL('./voskWorker.ts', import.meta.url), {
    workerData: data,
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  worker.on('message', (answer: VoskAnswer) => tell(answer));
  worker.on('exit', () => process.exit(1));
  return (job) => {
    const transfer = job.type === 'audio' ? [job.pcm16k.buffer as ArrayBuffer] : [];
    worker.postMessage(job, transfer);
  };
}

process.once('message', (start: VoskStart) => {
  const loaded = load(start);
  if (!loaded) return;
  const { vosk, model } = loaded;
  const lanes: Take[] =
    start.lanes === 1
      ? [(job) => only.take(job)]
      : Array.from({ length: start.lanes }, () => threadLane({ libraryFile: start.libraryFile, model }));
  const only = new VoskLane(vosk, model, tell);
  process.on('message', ({ lane, job }: LaneJob) => {
    // What the serialisation hands over is a part of the message's memory.
    if (job.type === 'audio' && start.lanes > 1) job.pcm16k = job.pcm16k.slice();
    lanes[lane]?.(job);
  });
  tell({ type: 'ready', ready: null });
});

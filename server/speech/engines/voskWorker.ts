/**
 * Worker thread: the recognisers of some calls, in turns. A step is one piece of audio or one flush; who waits for
 * a flush goes first, the others take turns, and messages are received between steps.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Recognition } from '../stt.ts';
import { memoryTrimmer, openVoskLibrary, type Pointer, type VoskLibrary } from './voskLibrary.ts';
import { VoskRecogniser } from './voskRecogniser.ts';
import { withTuning } from './voskTuning.ts';

export type VoskWorkerData = {
  libraryFile: string;
  modelDir: string;
  /** The model where another thread has loaded it already. */
  model: Pointer | null;
};
export type VoskReady = { model: Pointer };
export type VoskJob =
  | { type: 'open'; stream: number; spot: readonly string[] }
  | { type: 'audio'; stream: number; pcm16k: Float32Array; spot: boolean }
  | { type: 'flush'; stream: number }
  | { type: 'close'; stream: number };
export type VoskAnswer =
  | { type: 'heard'; stream: number; samples: number; partial: string | null }
  /** One for every flush, in order. */
  | { type: 'final'; stream: number; recognition: Recognition }
  | { type: 'failed'; stream: number; detail: string };

type Step = { pcm16k: Float32Array; spot: boolean } | 'flush';
type Stream = { recogniser: VoskRecogniser; steps: Step[]; flushes: number };

if (!parentPort) throw new Error('This file is a worker thread.');
const port = parentPort;
const data = workerData as VoskWorkerData;
const streams = new Map<number, Stream>();
const trimMemory = memoryTrimmer();
let scheduled = false;

function answer(message: VoskAnswer): void {
  port.postMessage(message);
}

function load(): { vosk: VoskLibrary; model: Pointer } | null {
  try {
    const vosk = openVoskLibrary(data.libraryFile);
    vosk.setLogLevel(-1);
    const model = data.model ?? withTuning(data.modelDir, (folder) => vosk.newModel(folder));
    if (model) return { vosk, model };
    port.postMessage({
      type: 'refused',
      code: 'MODEL_MISSING',
      detail: `No Vosk model in ${data.modelDir}.`,
    });
  } catch (error) {
    port.postMessage({ type: 'refused', code: 'MODEL_MISSING', detail: `libvosk: ${String(error)}` });
  }
  return null;
}

/** The stream whose turn it is; it goes to the end of the line. */
function nextStream(): [number, Stream] | null {
  const waiting = [...streams].filter(([, { steps }]) => steps.length > 0);
  const next = waiting.find(([, { flushes }]) => flushes > 0) ?? waiting[0];
  if (!next) return null;
  streams.delete(next[0]);
  streams.set(...next);
  return next;
}

function work(): void {
  scheduled = false;
  const next = nextStream();
  if (!next) return;
  const [id, stream] = next;
  try {
    take(id, stream, stream.steps.shift() as Step);
  } catch (error) {
    close(id);
    answer({ type: 'failed', stream: id, detail: String(error) });
  }
  schedule();
}

function take(id: number, stream: Stream, step: Step): void {
  if (step === 'flush') {
    stream.flushes--;
    answer({ type: 'final', stream: id, recognition: stream.recogniser.finish() });
  } else {
    const { pcm16k, spot } = step;
    const samples = pcm16k.length;
    answer({ type: 'heard', stream: id, samples, partial: stream.recogniser.write(pcm16k, spot) });
  }
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setImmediate(work);
}

function close(id: number): void {
  streams.get(id)?.recogniser.close();
  streams.delete(id);
  // A recogniser leaves some 30 MB; between calls nobody waits for the few milliseconds that this takes.
  if (streams.size === 0) trimMemory();
}

const loaded = load();
if (loaded) {
  const { vosk, model } = loaded;
  port.postMessage({ type: 'ready', ready: { model } satisfies VoskReady });
  port.on('message', (job: VoskJob) => {
    if (job.type === 'open') {
      try {
        const recogniser = new VoskRecogniser(vosk, model, job.spot);
        streams.set(job.stream, { recogniser, steps: [], flushes: 0 });
      } catch (error) {
        answer({ type: 'failed', stream: job.stream, detail: String(error) });
      }
      return;
    }
    const stream = streams.get(job.stream);
    if (job.type === 'close') close(job.stream);
    else if (job.type === 'audio') stream?.steps.push(job);
    else if (stream) {
      stream.flushes++;
      stream.steps.push('flush');
    } else {
      answer({ type: 'failed', stream: job.stream, detail: 'The stream is closed.' });
    }
    schedule();
  });
}

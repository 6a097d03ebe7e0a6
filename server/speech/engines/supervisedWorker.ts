import { Worker } from 'node:worker_threads';
import { Emitter } from '../../../shared/emitter.ts';
import { type ErrorCode, SegueError } from '../../../shared/errors.ts';

/** First messages of every engine's worker; the rest is the engine's own. */
export type WorkerStart<Ready> =
  | { type: 'ready'; ready: Ready }
  | { type: 'refused'; code: ErrorCode; detail: string };

type Events<Out> = {
  message: [Out];
  /** The thread died; what was asked of it will not be answered. It is started again by itself. */
  lost: [SegueError];
};

const FIRST_RESTART_MS = 100;
const LONGEST_RESTART_MS = 10_000;

/** A worker thread of an engine that is started again, with growing delay, when it dies. */
export class SupervisedWorker<In, Out, Ready> extends Emitter<Events<Out>> {
  readonly #script: URL;
  readonly #data: () => unknown;
  #worker: Worker | null = null;
  #up = false;
  #closed = false;
  #restartMs = FIRST_RESTART_MS;
  #restart: NodeJS.Timeout | null = null;

  /** `data` is asked anew at every start. */
  constructor(script: URL, data: () => unknown) {
    super();
    this.#script = script;
    this.#data = data;
  }

  /** False while the thread is being started again. */
  get up(): boolean {
    return this.#up;
  }

  /** Resolves when the thread can work; rejects with the reason that the thread gives, or SPEECH_UNAVAILABLE. */
  start(): Promise<Ready> {
    const { promise, resolve, reject } = Promise.withResolvers<Ready>();
    const worker = new Worker(this.#script, {
      workerData: this.#data(),
      // The main thread's flags (a test runner's loaders among them) are no business of the engines.
      execArgv: [],
      stdout: false,
      // Engines make little garbage; the default young generation would only cost memory.
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    worker.unref();
    this.#worker = worker;
    let problem = 'The thread ended.';
    worker.on('message', (message: WorkerStart<Ready> | Out) => {
      if (this.#up) {
        this.#restartMs = FIRST_RESTART_MS;
        this.emit('message', message as Out);
        return;
      }
      const start = message as WorkerStart<Ready>;
      if (start.type === 'ready') {
        this.#up = true;
        resolve(start.ready);
      } else {
        reject(new SegueError(start.code, start.detail));
      }
    });
    worker.on('error', (error) => {
      problem = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', () => {
      const wasUp = this.#up;
      this.#up = false;
      this.#worker = null;
      const error = new SegueError('SPEECH_UNAVAILABLE', problem);
      reject(error);
      if (this.#closed || !wasUp) return;
      this.emit('lost', error);
      this.#startAgain();
    });
    return promise;
  }

  post(message: In, transfer: ArrayBuffer[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }

  /** Ends a thread that does not answer any more; it is started again as after a crash. */
  abandon(): void {
    void this.#worker?.terminate();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#restart) clearTimeout(this.#restart);
    await this.#worker?.terminate();
    this.removeAllListeners();
  }

  #startAgain(): void {
    this.#restart = setTimeout(() => {
      if (this.#closed) return;
      this.start().catch(() => {
        if (!this.#closed) this.#startAgain();
      });
    }, this.#restartMs);
    this.#restart.unref();
    this.#restartMs = Math.min(this.#restartMs * 2, LONGEST_RESTART_MS);
  }
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SegueError } from '../../../shared/errors.ts';
import { LABELS } from '../../../shared/lid/lidLayers.ts';
import type { LanguageIdEngine } from '../languageId.ts';
import { SupervisedWorker } from './supervisedWorker.ts';
import type { LidAnswer, LidJob } from './zkmLidWorker.ts';

type LidThread = SupervisedWorker<LidJob, LidAnswer, null>;
type Waiting = { resolve: (scores: Float32Array) => void; reject: (reason: unknown) => void };

const LEAST_SAMPLES = 3_200;
/** A window takes 85 ms; a thread that has some and is silent for so long hangs. */
const HANGS_MS = 5_000;
/** A machine that had no memory for it, or no time, may have some by then. */
const START_AGAIN_MS = 30_000;

/** The language model of ZKM in one worker thread for all calls, started when it is first needed: most never need it. */
class ZkmLid implements LanguageIdEngine {
  readonly name = 'zkm-lid';
  readonly labels = LABELS;
  readonly #modelDir: string;
  readonly #waiting = new Map<number, Waiting>();
  #thread: Promise<LidThread> | null = null;
  #lastId = 0;
  #closed = false;

  constructor(modelDir: string) {
    this.#modelDir = modelDir;
  }

  async judge(pcm16k: Float32Array): Promise<Float32Array> {
    if (pcm16k.length < LEAST_SAMPLES) throw new SegueError('BAD_REQUEST', 'That is too short to be judged.');
    if (this.#closed) throw new SegueError('SPEECH_UNAVAILABLE', 'The language model was closed.');
    this.#thread ??= this.#start();
    const thread = await this.#thread;
    if (!thread.up) throw new SegueError('SPEECH_UNAVAILABLE', 'The language model is being started again.');
    const id = ++this.#lastId;
    return await new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      thread.post({ id, pcm16k }, [pcm16k.buffer as ArrayBuffer]);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const thread = await this.#thread?.catch(() => null);
    await thread?.close();
    this.#failAll(new SegueError('SPEECH_UNAVAILABLE', 'The language model was closed.'));
  }

  async #start(): Promise<LidThread> {
    const thread: LidThread = new SupervisedWorker(new URL('./zkmLidWorker.ts', import.meta.url), () => ({
      modelDir: this.#modelDir,
    }));
    thread.on('message', (answer) => this.#answered(answer));
    thread.on('lost', (error) => this.#failAll(error));
    thread.watch(() => this.#waiting.size > 0, HANGS_MS);
    try {
      await thread.start();
      return thread;
    } catch (thrown) {
      void thread.close();
      // A model that cannot be read will not be readable the next time either: that answer stays.
      const { code } = SegueError.from(thrown);
      if (code === 'SPEECH_UNAVAILABLE') setTimeout(() => (this.#thread = null), START_AGAIN_MS).unref();
      throw thrown;
    }
  }

  #answered({ id, scores, problem }: LidAnswer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (scores) waiting?.resolve(scores);
    else waiting?.reject(new SegueError('MODEL_INVALID', problem));
  }

  #failAll(error: SegueError): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** Throws MODEL_MISSING. */
export function openZkmLid(options: { modelDir: string }): LanguageIdEngine & { close(): Promise<void> } {
  const missing = ['variables.index', 'variables.data'].find(
    (file) => !existsSync(join(options.modelDir, file)),
  );
  if (missing) throw new SegueError('MODEL_MISSING', `There is no ${missing} in ${options.modelDir}.`);
  return new ZkmLid(options.modelDir);
}

import { Worker } from 'node:worker_threads';
import type { IntentExamples, Nlu, TrainNlu, Understanding } from '../nlu.ts';
import { bounded } from '../words.ts';
import type { Answer, Question, Training } from './nlpjsProtocol.ts';

const WORKER = new URL('./nlpjsWorker.ts', import.meta.url);
/** Other readings of the same audio that are looked at. */
const MOST_ALTERNATIVES = 5;

const NOTHING: Understanding = { intent: null, score: 0, ranking: [] };

/** A turn takes some 10 ms; a worker that is not back by then never will be. */
const LIMIT_MS = 1_500;
/** A worker that died or hung is replaced after a delay that doubles; one that keeps doing so, once a minute. */
const FIRST_RESTART_MS = 100;
const MOST_QUICK_RESTARTS = 6;
const SLOW_RESTART_MS = 60_000;
/** Who has understood for so long did not die of its training. */
const HEALTHY_MS = 60_000;

/**
 * Trains nlp.js on the examples in a worker thread of its own, where every turn is understood as well.
 * Rejects when training fails. After `close()`, or while a worker that died is replaced, turns are understood as nothing.
 */
export const trainNlpjs: TrainNlu = async (intents, language) => {
  const nlu = new NlpjsNlu({ intents: intents.map(plain), language });
  await nlu.train();
  return nlu;
};

class NlpjsNlu implements Nlu {
  readonly name = 'nlp.js';
  readonly #training: Training;
  readonly #waiting = new Map<number, (understanding: Understanding) => void>();
  #worker: Worker | null = null;
  #trained = false;
  #trainedAtMs = 0;
  #asked = 0;
  #restarts = 0;
  #restart: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(training: Training) {
    this.#training = training;
  }

  train(): Promise<void> {
    const worker = new Worker(WORKER, {
      workerData: this.#training,
      name: `nlu-${this.#training.language}`,
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      worker.on('message', (message: Answer) => {
        if (message.kind === 'trained') {
          this.#trained = true;
          this.#trainedAtMs = performance.now();
          resolve();
        } else if (message.kind === 'failed') {
          reject(new Error(`NLU training failed: ${message.reason}`));
          void worker.terminate();
        } else this.#settle(message.id, message.understanding);
      });
      worker.on('error', (error) => reject(error));
      worker.on('exit', () => {
        const wasTrained = this.#trained;
        this.#trained = false;
        reject(new Error('The NLU worker ended before it was trained'));
        for (const id of [...this.#waiting.keys()]) this.#settle(id, NOTHING);
        if (!wasTrained) return;
        if (performance.now() - this.#trainedAtMs > HEALTHY_MS) this.#restarts = 0;
        this.#trainAgain();
      });
    });
  }

  understand(turn: {
    text: string;
    alternatives: readonly string[];
    language: string;
  }): Promise<Understanding> {
    if (this.#closed || !this.#trained) return Promise.resolve(NOTHING);
    const texts = [turn.text, ...turn.alternatives.slice(0, MOST_ALTERNATIVES)].map(bounded);
    return new Promise((resolve) => {
      const question: Question = { id: ++this.#asked, texts };
      const limit = setTimeout(() => this.#late(question.id), LIMIT_MS).unref();
      this.#waiting.set(question.id, (understanding) => {
        clearTimeout(limit);
        resolve(understanding);
      });
      this.#worker?.postMessage(question);
    });
  }

  /** When we stood still ourselves, its answer waits to be read. */
  #late(id: number): void {
    setImmediate(() => {
      if (this.#waiting.has(id)) void this.#worker?.terminate();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#restart) clearTimeout(this.#restart);
    await this.#worker?.terminate();
  }

  #trainAgain(): void {
    if (this.#closed) return;
    const quickly = this.#restarts < MOST_QUICK_RESTARTS;
    const delayMs = quickly ? FIRST_RESTART_MS * 2 ** this.#restarts : SLOW_RESTART_MS;
    this.#restarts += 1;
    this.#restart = setTimeout(() => {
      this.train().catch(() => this.#trainAgain());
    }, delayMs).unref();
  }

  #settle(id: number, understanding: Understanding): void {
    const resolve = this.#waiting.get(id);
    this.#waiting.delete(id);
    resolve?.(understanding);
  }
}

const plain = ({ intent, examples }: IntentExamples): IntentExamples => ({ intent, examples: [...examples] });

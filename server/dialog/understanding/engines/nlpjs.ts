import { Worker } from 'node:worker_threads';
import type { IntentExamples, Nlu, TrainNlu, Understanding } from '../nlu.ts';
import { bounded } from '../words.ts';
import type { Answer, Question, Training } from './nlpjsProtocol.ts';

const WORKER = new URL('./nlpjsWorker.ts', import.meta.url);
/** Other readings of the same audio that are looked at. */
const MOST_ALTERNATIVES = 5;

const NOTHING: Understanding = { intent: null, score: 0, ranking: [] };

/**
 * Trains nlp.js on the examples in a worker thread of its own, where every turn is understood as well.
 * Rejects when training fails. After `close()`, or when the worker dies, turns are understood as nothing.
 */
export const trainNlpjs: TrainNlu = async (intents, language) => {
  const data: Training = { intents: intents.map(plain), language };
  const worker = new Worker(WORKER, {
    workerData: data,
    name: `nlu-${language}`,
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  const nlu = new NlpjsNlu(worker);
  await nlu.trained;
  return nlu;
};

class NlpjsNlu implements Nlu {
  readonly name = 'nlp.js';
  readonly trained: Promise<void>;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (understanding: Understanding) => void>();
  #asked = 0;
  #closed = false;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.trained = new Promise((resolve, reject) => {
      worker.on('message', (message: Answer) => {
        if (message.kind === 'trained') resolve();
        else if (message.kind === 'failed') {
          reject(new Error(`NLU training failed: ${message.reason}`));
          void this.close();
        } else this.#settle(message.id, message.understanding);
      });
      worker.on('error', (error) => reject(error));
      worker.on('exit', () => {
        this.#closed = true;
        reject(new Error('The NLU worker ended before it was trained'));
        for (const id of [...this.#waiting.keys()]) this.#settle(id, NOTHING);
      });
    });
  }

  understand(turn: {
    text: string;
    alternatives: readonly string[];
    language: string;
  }): Promise<Understanding> {
    if (this.#closed) return Promise.resolve(NOTHING);
    const texts = [turn.text, ...turn.alternatives.slice(0, MOST_ALTERNATIVES)].map(bounded);
    return new Promise((resolve) => {
      const question: Question = { id: ++this.#asked, texts };
      this.#waiting.set(question.id, resolve);
      this.#worker.postMessage(question);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker.terminate();
  }

  #settle(id: number, understanding: Understanding): void {
    const resolve = this.#waiting.get(id);
    this.#waiting.delete(id);
    resolve?.(understanding);
  }
}

const plain = ({ intent, examples }: IntentExamples): IntentExamples => ({ intent, examples: [...examples] });

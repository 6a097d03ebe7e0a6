import { parentPort, workerData } from 'node:worker_threads';
import { IntentModel } from './intentModel.ts';
import type { Answer, Question, Training } from './nlpjsProtocol.ts';

/** Trains at start, then answers questions; see nlpjs.ts for the other end. */
const port = parentPort;
if (!port) throw new Error('nlpjsWorker runs as a worker thread only');
const answer = (message: Answer) => port.postMessage(message);

try {
  const { intents, language } = workerData as Training;
  const model = await IntentModel.train(intents, language);
  port.on('message', ({ id, texts }: Question) => {
    answer({ kind: 'understood', id, understanding: model.understand(texts) });
  });
  answer({ kind: 'trained' });
} catch (error) {
  answer({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
}

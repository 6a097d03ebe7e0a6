/** Worker thread: windows of speech → scores of languages, for all calls, one after the other. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { LidNetwork } from '../../../shared/lid/lidNetwork.ts';
import { readTensorBundle } from '../../../shared/lid/tensorBundle.ts';

export type LidJob = { id: number; pcm16k: Float32Array };
/** Without scores: `problem` says why. */
export type LidAnswer = { id: number; scores: Float32Array | null; problem: string };

if (!parentPort) throw new Error('This file is a worker thread.');
const port = parentPort;

function load(): LidNetwork | null {
  const { modelDir } = workerData as { modelDir: string };
  try {
    const read = (file: string) => readFileSync(join(modelDir, file));
    return new LidNetwork(readTensorBundle(read('variables.index'), read('variables.data')));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const code = missing ? 'MODEL_MISSING' : 'MODEL_INVALID';
    port.postMessage({ type: 'refused', code, detail: `Language model: ${String(error)}` });
    return null;
  }
}

function judge(network: LidNetwork, pcm16k: Float32Array): Omit<LidAnswer, 'id'> {
  try {
    return { scores: network.judge(pcm16k), problem: '' };
  } catch (error) {
    return { scores: null, problem: String(error) };
  }
}

const network = load();
if (network) {
  port.postMessage({ type: 'ready', ready: null });
  port.on('message', ({ id, pcm16k }: LidJob) => {
    port.postMessage({ id, ...judge(network, pcm16k) } satisfies LidAnswer);
  });
}

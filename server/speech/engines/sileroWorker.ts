/** Worker thread: windows of samples → probabilities of speech, for all calls. */
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { readOnnxWeights } from '../../../shared/vad/onnxWeights.ts';
import { freshState, SileroNetwork, type SileroState } from '../../../shared/vad/sileroNetwork.ts';

export type SileroJob =
  | { type: 'judge'; id: number; stream: number; pcm16k: Float32Array }
  | { type: 'forget'; stream: number };
export type SileroAnswer = { id: number; probability: number };

/** Inferences until the engine has compiled the network for speed. */
const WARM_UP = 60;

if (!parentPort) throw new Error('This file is a worker thread.');
const port = parentPort;

function load(): SileroNetwork | null {
  try {
    const file = readFileSync((workerData as { modelFile: string }).modelFile);
    const network = new SileroNetwork(readOnnxWeights(file));
    const state = freshState();
    for (let run = 0; run < WARM_UP; run += 1) network.judge(new Float32Array(512), state);
    return network;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const code = missing ? 'MODEL_MISSING' : 'SPEECH_UNAVAILABLE';
    port.postMessage({ type: 'refused', code, detail: `Silero: ${String(error)}` });
    return null;
  }
}

const network = load();
if (network) {
  const streams = new Map<number, SileroState>();
  port.postMessage({ type: 'ready', ready: null });
  port.on('message', (job: SileroJob) => {
    if (job.type === 'forget') {
      streams.delete(job.stream);
      return;
    }
    const state = streams.get(job.stream) ?? freshState();
    streams.set(job.stream, state);
    const probability = network.judge(job.pcm16k, state);
    port.postMessage({ id: job.id, probability } satisfies SileroAnswer);
  });
}

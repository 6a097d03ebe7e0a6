import { wasmUrl, workerUrl } from 'segue:whisper-files';
import type { LanguageJudge } from '../../shared/lid/languageJudge.ts';
import { JudgedSpeech, type JudgedSpeechEvents } from './judgedSpeech.ts';
import type { WhisperAnswer, WhisperOrder } from './whisperMessages.ts';

/** Whisper behind the ears. Rejects as `openWhisper` does. */
export async function openWhisperSpeech(model: string, events: JudgedSpeechEvents): Promise<JudgedSpeech> {
  return new JudgedSpeech(await openWhisper(model), events);
}

type Asked = { resolve: (scores: Float32Array) => void; reject: (reason: Error) => void };

/**
 * Whisper in a worker. `model`: address of the model's folder. Resolves when it is loaded; rejects where the page allows no
 * worker or no WebAssembly, and where the model is not there or is another one.
 */
async function openWhisper(model: string): Promise<LanguageJudge> {
  const worker = startWorker(workerUrl);
  const asked: Asked[] = [];
  const order = (message: WhisperOrder, transfer: Transferable[] = []) =>
    worker.postMessage(message, transfer);
  const end = (reason: Error) => {
    worker.terminate();
    for (const { reject } of asked.splice(0)) reject(reason);
  };
  const labels = await new Promise<string[]>((resolve, reject) => {
    const fail = (why: string) => {
      end(new Error(why));
      reject(new Error(why));
    };
    worker.onerror = ({ message }) => fail(message || 'the page allows no such worker');
    worker.onmessage = ({ data }: MessageEvent<WhisperAnswer>) => {
      if ('labels' in data) resolve(data.labels);
      else if ('scores' in data) asked.shift()?.resolve(data.scores);
      else fail(data.failed);
    };
    order({ model: new URL(model.replace(/\/*$/, '/'), document.baseURI).href, wasm: wasmUrl });
  });
  return {
    labels,
    judge: (pcm16k) =>
      new Promise((resolve, reject) => {
        asked.push({ resolve, reject });
        order({ pcm16k }, [pcm16k.buffer as ArrayBuffer]);
      }),
    close: async () => end(new Error('Whisper was closed.')),
  };
}

/** Waits for the real worker's code, and hands it what was said to it meanwhile. */
const FORWARD = `const early = [];
onmessage = (event) => early.push(event);
import(URL_OF_WORKER).then(
  () => { for (const event of early) onmessage(event); },
  (error) => postMessage({ failed: String(error) }),
);`;

/** A worker of another origin does not start; one of the page's own that imports it does, where `blob:` is allowed. */
function startWorker(url: string): Worker {
  if (new URL(url).origin === location.origin) return new Worker(url, { type: 'module' });
  const code = FORWARD.replace('URL_OF_WORKER', () => JSON.stringify(url));
  const own = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  const worker = new Worker(own, { type: 'module' });
  setTimeout(() => URL.revokeObjectURL(own), 10_000);
  return worker;
}

/** Worker thread: sentences → samples with flite. Sentences are spoken in the order in which they come. */
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { finishVoice } from '../voiceFinish.ts';
import { WasiCommand } from './memoryWasi.ts';

export type FliteJob = { id: number; text: string; voice: string; rate: number };
export type FliteAnswer = { id: number; pcm16k: Float32Array<ArrayBuffer> } | { id: number; error: string };

const WAV_HEADER_BYTES = 44;

if (!parentPort) throw new Error('This file is a worker thread.');
const port = parentPort;

function speak(flite: WasiCommand, job: Omit<FliteJob, 'id'>): Float32Array<ArrayBuffer> {
  const stretch = (1 / job.rate).toFixed(3);
  const wav = flite.run([
    'flite',
    ...['-voice', job.voice],
    ...['--setf', `duration_stretch=${stretch}`],
    ...['-t', job.text],
    ...['-o', '/speech.wav'],
  ]);
  const view = new DataView(wav.buffer, Math.min(WAV_HEADER_BYTES, wav.byteLength));
  const samples = new Float32Array(view.byteLength >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(2 * i, true) / 32_768;
  return finishVoice(samples);
}

function load(): WasiCommand | null {
  try {
    const binary = readFileSync((workerData as { wasmFile: string }).wasmFile);
    const flite = new WasiCommand(binary);
    // Gives the file's 21 MB back at once; a garbage collection may be long in coming.
    binary.buffer.transfer(0);
    // The first sentences run in the engine's slow tier: better now than in a call.
    for (const text of ['Hello, how can I help you?', 'One moment.']) {
      speak(flite, { text, voice: 'slt', rate: 1 });
    }
    return flite;
  } catch (error) {
    port.postMessage({ type: 'refused', code: 'SPEECH_UNAVAILABLE', detail: `flite: ${String(error)}` });
    return null;
  }
}

const flite = load();
if (flite) {
  port.postMessage({ type: 'ready', ready: null });
  port.on('message', (job: FliteJob) => {
    try {
      const pcm16k = speak(flite, job);
      port.postMessage({ id: job.id, pcm16k } satisfies FliteAnswer, [pcm16k.buffer]);
    } catch (error) {
      port.postMessage({ id: job.id, error: String(error) } satisfies FliteAnswer);
    }
  });
}

/** Worker thread inside of Vosk's process: one lane of several. */
import { parentPort, workerData } from 'node:worker_threads';
import { VoskLane } from './voskLane.ts';
import { openVoskLibrary, type Pointer } from './voskLibrary.ts';

export type VoskWorkerData = { libraryFile: string; model: Pointer };

if (!parentPort) throw new Error('This file is a worker thread.');
const port = parentPort;
const { libraryFile, model } = workerData as VoskWorkerData;
const lane = new VoskLane(openVoskLibrary(libraryFile), model, (answer) => port.postMessage(answer));
port.on('message', (job) => lane.take(job));

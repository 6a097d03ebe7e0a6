/** Runs in the AudioWorklet: samples of the microphone → verdicts, by messages. */
import type { EarsMessage, EarsOrder } from './earsMessages.ts';
import { WindowJudge } from './windowJudge.ts';

declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

/** The worklet's scope has no `performance` in some browsers; over many windows a coarse clock is right too. */
const nowMs = (): number => globalThis.performance?.now() ?? Date.now();

class EarsProcessor extends AudioWorkletProcessor {
  #open = true;
  readonly #judge = new WindowJudge(sampleRate, nowMs, {
    onVerdict: (verdict) => this.#tell(verdict),
    onCost: (costMs, kept) => this.#tell({ costMs, kept }),
    onDead: (dead) => this.#tell({ dead }),
  });

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<EarsOrder>) => {
      if (data === 'close') this.#open = false;
      else this.#judge.load(data);
    };
  }

  process([microphone]: Float32Array[][]): boolean {
    const samples = microphone?.[0];
    if (samples) this.#judge.push(samples);
    return this.#open;
  }

  #tell(message: EarsMessage): void {
    this.port.postMessage(message);
  }
}

registerProcessor('segue-ears', EarsProcessor);

/** Runs in the AudioWorklet: samples of the microphone → verdicts, by messages. */
import type { EarsMessage, EarsOrder } from './earsMessages.ts';
import { LanguageEar } from './languageEar.ts';
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
    onWindow: (pcm16k, probability) => this.#language.hear(pcm16k, probability),
    onVerdict: (verdict) => this.#tell(verdict),
    onCost: (costMs, kept) => this.#tell({ costMs, kept }),
    onDead: (dead) => this.#tell({ dead }),
  });

  readonly #language = new LanguageEar(nowMs, {
    onLanguage: (language, confidence) => this.#tell({ language, confidence }),
    onGivenUp: () => this.#tell({ language: null, confidence: 0 }),
    onUtterance: (utterance) => this.#tell({ utterance }),
  });

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<EarsOrder>) => {
      if (data === 'close') this.#open = false;
      else if ('assistantTalks' in data) this.#language.assistantTalks = data.assistantTalks;
      else if ('collect' in data) this.#language.collects = data.collect;
      else if (data.load === 'speech') this.#judge.load(data.weights);
      else this.#language.load(data.weights);
    };
  }

  process([microphone]: Float32Array[][]): boolean {
    const samples = microphone?.[0];
    if (samples) this.#judge.push(samples);
    this.#language.work();
    return this.#open;
  }

  #tell(message: EarsMessage): void {
    this.port.postMessage(message);
  }
}

registerProcessor('segue-ears', EarsProcessor);

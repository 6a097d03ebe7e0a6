import { LanguageEvidence } from '../../shared/lid/evidence.ts';
import { LABELS } from '../../shared/lid/lidLayers.ts';
import { LidNetwork } from '../../shared/lid/lidNetwork.ts';
import { type Listened, Utterance } from '../../shared/lid/utterance.ts';
import type { Weights } from '../../shared/vad/onnxWeights.ts';

/** Probabilities of speech at which it begins and ends: a rough cut suffices, pauses belong to it. */
const BEGINS = 0.5;
const ENDS = 0.35;
/** Done with each piece of sound; a window of 5 s is judged within 1.2 s then. */
const SLICES = 3;
/** Slices until the browser has compiled the network, and over how many their cost is measured then. */
const WARM_UP = 400;
const MEASURED = 400;
/** A slice takes 0.06 ms on a notebook. At this cost its share of the thread would be a third. */
const TOO_SLOW_MS = 0.35;

export type LanguageEarEvents = {
  onLanguage: (language: string, confidence: number) => void;
  /** The network was given up: nothing will be recognised. */
  onGivenUp: (sliceMs: number) => void;
  /** An utterance begins, or speech of it is worth judging: by somebody else, when `collects` is set. */
  onUtterance?: (utterance: 'begins' | Listened) => void;
};

/** Recognises the caller's language, a slice of work with each piece of sound, so that none takes long. */
export class LanguageEar {
  /** What is heard meanwhile may be the assistant's own voice. */
  assistantTalks = false;
  /** Whether speech is only collected, for a judge elsewhere. */
  collects = false;
  readonly #nowMs: () => number;
  readonly #events: LanguageEarEvents;
  readonly #evidence = new LanguageEvidence(LABELS);
  readonly #utterance = new Utterance({
    onBegin: () => {
      this.#evidence.begin();
      if (this.collects) this.#events.onUtterance?.('begins');
    },
    onListened: (listened) => {
      if (this.collects) this.#events.onUtterance?.(listened);
      else this.#next = listened;
    },
  });
  #network: LidNetwork | null = null;
  #speaks = false;
  #next: Listened | null = null;
  #running: { listened: Listened; steps: Generator<undefined, Float32Array> } | null = null;
  #slices = 0;
  #spentMs = 0;

  constructor(nowMs: () => number, events: LanguageEarEvents) {
    this.#nowMs = nowMs;
    this.#events = events;
  }

  /** Throws when the weights are not this network's. */
  load(weights: Weights): void {
    this.#network = new LidNetwork(weights);
  }

  /** A window of 16 kHz and how likely it is speech. */
  hear(pcm16k: Float32Array, probability: number): void {
    if (!this.#network && !this.collects) return;
    this.#speaks = !this.assistantTalks && probability >= (this.#speaks ? ENDS : BEGINS);
    this.#utterance.push(pcm16k, this.#speaks);
  }

  work(): void {
    if (!this.#running && !this.#next) return;
    const startedMs = this.#nowMs();
    let slices = 0;
    for (; slices < SLICES && (this.#running || this.#next); slices += 1) this.#slice();
    this.#measure(slices, this.#nowMs() - startedMs);
  }

  #slice(): void {
    if (!this.#running) {
      const listened = this.#next;
      if (!listened || !this.#network) return;
      this.#next = null;
      this.#running = { listened, steps: this.#network.steps(listened.pcm16k) };
    }
    const { listened, steps } = this.#running;
    const { done, value } = steps.next();
    if (!done) return;
    this.#running = null;
    const { language, confidence } = this.#evidence.add(value, listened);
    if (language !== null) this.#events.onLanguage(language, confidence);
  }

  #measure(slices: number, spentMs: number): void {
    const before = this.#slices;
    this.#slices += slices;
    if (before < WARM_UP) return;
    this.#spentMs += spentMs;
    if (this.#slices < WARM_UP + MEASURED) return;
    const sliceMs = this.#spentMs / (this.#slices - WARM_UP);
    this.#slices = WARM_UP;
    this.#spentMs = 0;
    if (sliceMs > TOO_SLOW_MS) this.#giveUp(sliceMs);
  }

  #giveUp(sliceMs: number): void {
    this.#network = null;
    this.#running = null;
    this.#next = null;
    this.#events.onGivenUp(sliceMs);
  }
}

import { EnergyJudge } from '../../shared/vad/energyJudge.ts';
import type { Weights } from '../../shared/vad/onnxWeights.ts';
import { freshState, SileroNetwork, STEPS, skip, WINDOW } from '../../shared/vad/sileroNetwork.ts';
import { DeadInput } from './deadInput.ts';
import { Resampler } from './resampler.ts';

const RATE_HZ = 16_000;
/** Windows until the browser has compiled the network, and over how many its cost is measured then. */
const WARM_UP = 60;
const MEASURED = 60;
/** A window lasts 32 ms; a network that takes more of it than this is not worth its battery. */
const TOO_SLOW_MS = 6;
/**
 * A room is quiet below these probabilities of the network and of the energy (3 dB over the floor); after so many quiet
 * windows in a row, more than end a speech, the network sleeps until it gets louder. A call is quiet most of the time.
 */
const QUIET = { network: 0.2, energy: 0.05, windows: 20 } as const;

export type Verdict = { engine: 'silero' | 'energy'; probability: number };
export type JudgeEvents = {
  /** A window of 16 kHz that the network has judged, or slept over; the samples are overwritten afterwards. */
  onWindow: (pcm16k: Float32Array, probability: number) => void;
  onVerdict: (verdict: Verdict) => void;
  /** Mean cost of a window, once it is known and when the network is given up for it. */
  onCost: (costMs: number, kept: boolean) => void;
  /** The input has become exactly silent for seconds, or gives sound again. */
  onDead: (dead: boolean) => void;
};

/**
 * Judges a stream of samples of any rate, window after window: by the network once it is loaded, by energy before and
 * when it is too slow. While it sleeps nothing is said: nobody speaks. The work is spread over the pieces that are pushed, so that none takes long.
 */
export class WindowJudge {
  readonly #resampler: Resampler | null;
  readonly #nowMs: () => number;
  readonly #events: JudgeEvents;
  readonly #energy = new EnergyJudge();
  readonly #input = new DeadInput();
  readonly #window = new Float32Array(WINDOW);
  readonly #judging = new Float32Array(WINDOW);
  readonly #take = (sample: number): void => {
    this.#window[this.#filled++] = sample;
    if (this.#filled === WINDOW) this.#full();
  };
  readonly #windowSamples: number;
  #filled = 0;
  #network: SileroNetwork | null = null;
  #state = freshState();
  #steps: Generator<undefined, number> | null = null;
  #spentMs = 0;
  #judged = 0;
  #told = false;
  #quietWindows = 0;

  constructor(rateHz: number, nowMs: () => number, events: JudgeEvents) {
    this.#resampler = rateHz === RATE_HZ ? null : new Resampler(rateHz, RATE_HZ);
    this.#windowSamples = (WINDOW / RATE_HZ) * rateHz;
    this.#nowMs = nowMs;
    this.#events = events;
  }

  /** Throws when the weights are not this network's. */
  load(weights: Weights): void {
    this.#network = new SileroNetwork(weights);
    this.#state = freshState();
    this.#judged = 0;
    this.#spentMs = 0;
  }

  push(samples: Float32Array): void {
    if (this.#resampler) this.#resampler.push(samples, this.#take);
    else for (const sample of samples) this.#take(sample);
    // So many that a window is judged well before the next one is full.
    const steps = Math.ceil((STEPS * samples.length) / this.#windowSamples);
    for (let step = 0; step < steps && this.#steps; step += 1) this.#step();
  }

  #full(): void {
    this.#filled = 0;
    while (this.#steps) this.#step();
    const dead = this.#input.update(this.#window);
    if (dead !== null) this.#events.onDead(dead);
    const byEnergy = this.#energy.judge(this.#window);
    if (byEnergy >= QUIET.energy) this.#quietWindows = 0;
    if (this.#network) {
      if (this.#quietWindows >= QUIET.windows) {
        skip(this.#window, this.#state);
        this.#events.onWindow(this.#window, 0);
        return;
      }
      this.#judging.set(this.#window);
      this.#steps = this.#network.steps(this.#window, this.#state);
      // The first step copies the window, which is about to be filled anew.
      this.#step();
    } else this.#events.onVerdict({ engine: 'energy', probability: byEnergy });
  }

  #step(): void {
    const startedMs = this.#nowMs();
    const { done, value } = this.#steps?.next() ?? { done: true, value: 0 };
    this.#spentMs += this.#nowMs() - startedMs;
    if (!done) return;
    this.#steps = null;
    this.#quietWindows = (value as number) < QUIET.network ? this.#quietWindows + 1 : 0;
    if (Number.isFinite(value)) {
      this.#events.onVerdict({ engine: 'silero', probability: value as number });
      this.#events.onWindow(this.#judging, value as number);
    } else this.#network = null;
    this.#measure();
  }

  #measure(): void {
    this.#judged += 1;
    if (this.#judged === WARM_UP) this.#spentMs = 0;
    if (this.#judged < WARM_UP + MEASURED) return;
    const costMs = this.#spentMs / MEASURED;
    this.#judged = WARM_UP;
    this.#spentMs = 0;
    const kept = costMs <= TOO_SLOW_MS;
    if (!kept) this.#network = null;
    if (!kept || !this.#told) this.#events.onCost(costMs, kept);
    this.#told = true;
  }
}

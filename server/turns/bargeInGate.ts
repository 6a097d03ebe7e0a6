import { CallerLevel } from './callerLevel.ts';
import { HintTrust } from './hintTrust.ts';
import { Sibilance } from './sibilance.ts';
import { ON, type SpeechGate, WINDOW_MS } from './speechGate.ts';
import { PERHAPS, Suspicion } from './suspicion.ts';
import type { Sound } from './windowSounds.ts';

/** Windows that are surely speech: so soon it is taken for an interruption. */
const SURE = 0.8;
const SURE_WINDOWS = 2;
/** Speech over the assistant that is believed although it is less sure. */
const BARGE_IN_WINDOWS = 4;

/** A window that the gate has judged: how loud it is, and its parts. */
export type HeardWindow = { probability: number; db: number; sounds: readonly Sound[]; endMs: number };

export type BargeInChange =
  /** One window: perhaps. */
  | { type: 'maybe' }
  | { type: 'begin'; atMs: number }
  /** What was believed, or suspected, so early was no speech. */
  | { type: 'over' }
  | null;

/** Finds speech over the assistant sooner than the gate of turns does, and tells it from others' talk behind the caller. */
export class BargeInGate {
  readonly #gate: SpeechGate;
  readonly #level = new CallerLevel();
  readonly #suspicion = new Suspicion();
  readonly #sibilance = new Sibilance();
  /** In hisses as a sign of speech: what rustles for long loses it. */
  readonly #trust = new HintTrust();
  #byHiss = false;
  #run = 0;
  #sureRun = 0;
  #peakDb = Number.NEGATIVE_INFINITY;
  #begun = false;
  /** Whether the running speech is in the assistant's silence, and so no interruption and no echo. */
  #ownFloor = true;

  constructor(gate: SpeechGate) {
    this.#gate = gate;
  }

  /** Whether what is heard is much quieter than the caller speaks. */
  get background(): boolean {
    return this.#level.isBackground(this.#peakDb);
  }

  push(window: HeardWindow, assistantSpeaks: boolean): BargeInChange {
    const { probability, db, endMs } = window;
    const hisses = this.#sibilance.push(window.sounds) && this.#trust.believes(endMs);
    this.#run = probability >= ON ? this.#run + 1 : 0;
    this.#sureRun = probability >= SURE ? this.#sureRun + 1 : 0;
    if (this.#run > 0) this.#peakDb = Math.max(this.#peakDb, db);
    if (this.#run === 1 && !this.#gate.open) this.#ownFloor = true;
    if (assistantSpeaks && this.#run > 0) this.#ownFloor = false;
    if (!this.#gate.open && this.#run === 0) {
      this.#peakDb = Number.NEGATIVE_INFINITY;
      if (this.#begun) return this.#giveUp();
    }
    if (!assistantSpeaks || this.#begun) return this.#heedless(window);
    if (!this.#believed || this.background) return this.#suspect(window, hisses);
    this.#begun = true;
    if (this.#suspicion.awake && this.#byHiss) this.#trust.agreed();
    this.#suspicion.settle();
    return { type: 'begin', atMs: this.#gate.open ? this.#gate.startMs : endMs - this.#run * WINDOW_MS };
  }

  /** Speech has ended that lasted so long. */
  ended(speechMs: number): void {
    if (this.#ownFloor) this.#level.learn(this.#peakDb, speechMs);
    this.#begun = false;
  }

  get #believed(): boolean {
    const lasts = this.#run > 0 && this.#gate.speechMs >= BARGE_IN_WINDOWS * WINDOW_MS;
    return lasts || this.#sureRun >= SURE_WINDOWS;
  }

  #giveUp(): BargeInChange {
    this.#begun = false;
    this.#suspicion.settle();
    return { type: 'over' };
  }

  #suspect({ probability, sounds, endMs }: HeardWindow, hisses: boolean): BargeInChange {
    const change = this.#suspicion.push(probability, { hisses, elsewhere: this.#level.isElsewhere(sounds) });
    if (change === null) return null;
    if (change === 'begins') this.#byHiss = probability < PERHAPS;
    else if (this.#byHiss) this.#trust.contradicted(endMs);
    return { type: change === 'begins' ? 'maybe' : 'over' };
  }

  /** Nobody is spoken over, or it is known. */
  #heedless({ probability }: HeardWindow): BargeInChange {
    const { awake } = this.#suspicion;
    // Silence is learnt all the same, so that the first sound of an interruption counts.
    this.#suspicion.push(probability, { elsewhere: true });
    if (awake) this.#suspicion.settle();
    return awake && !this.#begun ? { type: 'over' } : null;
  }
}

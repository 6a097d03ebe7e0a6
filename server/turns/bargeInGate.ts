import { CallerLevel } from './callerLevel.ts';
import { ON, type SpeechGate, WINDOW_MS } from './speechGate.ts';

/** Windows that are surely speech: so soon it is taken for an interruption. */
const SURE = 0.8;
const SURE_WINDOWS = 2;
/** Speech over the assistant that is believed although it is less sure. */
const BARGE_IN_WINDOWS = 4;

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
  #run = 0;
  #sureRun = 0;
  #peakDb = Number.NEGATIVE_INFINITY;
  #begun = false;
  #suspected = false;
  /** Whether the running speech is in the assistant's silence, and so no interruption and no echo. */
  #ownFloor = true;

  constructor(gate: SpeechGate) {
    this.#gate = gate;
  }

  /** Whether what is heard is much quieter than the caller speaks. */
  get background(): boolean {
    return this.#level.isBackground(this.#peakDb);
  }

  /** A window that `gate` has already judged. */
  push(probability: number, windowDb: number, endMs: number, assistantSpeaks: boolean): BargeInChange {
    this.#run = probability >= ON ? this.#run + 1 : 0;
    this.#sureRun = probability >= SURE ? this.#sureRun + 1 : 0;
    if (this.#run > 0) this.#peakDb = Math.max(this.#peakDb, windowDb);
    if (this.#run === 1 && !this.#gate.open) this.#ownFloor = true;
    if (assistantSpeaks && this.#run > 0) this.#ownFloor = false;
    if (!this.#gate.open && this.#run === 0) return this.#reset();
    if (!assistantSpeaks || this.#begun || this.background) return null;
    if (!this.#believed) return this.#suspect();
    this.#begun = true;
    return { type: 'begin', atMs: this.#gate.open ? this.#gate.startMs : endMs - this.#run * WINDOW_MS };
  }

  /** Speech has ended that lasted so long. */
  ended(speechMs: number): void {
    if (this.#ownFloor) this.#level.learn(this.#peakDb, speechMs);
    this.#begun = false;
    this.#suspected = false;
  }

  get #believed(): boolean {
    const lasts = this.#run > 0 && this.#gate.speechMs >= BARGE_IN_WINDOWS * WINDOW_MS;
    return lasts || this.#sureRun >= SURE_WINDOWS;
  }

  #suspect(): BargeInChange {
    if (this.#suspected || this.#run === 0) return null;
    this.#suspected = true;
    return { type: 'maybe' };
  }

  #reset(): BargeInChange {
    this.#peakDb = Number.NEGATIVE_INFINITY;
    if (!this.#begun && !this.#suspected) return null;
    this.#begun = false;
    this.#suspected = false;
    return { type: 'over' };
  }
}
